import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { zipSync } from "fflate";

export interface LambdaBundle {
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
}

/** The first date of the zip format; a fixed date makes bundles of equal sources equal to the byte. Local time, as in zip. */
const FIXED_DATE = new Date(1980, 0, 1);

/**
 * Bundles every `lambdas/<name>/handler.ts` into `<outDir>/<name>.zip`. The AWS SDK is not bundled: Lambda's runtime has
 * it. CommonJS, because only `require` finds it there.
 */
export async function buildLambdas(outDir: string): Promise<readonly LambdaBundle[]> {
  await mkdir(outDir, { recursive: true });
  const entries = await readdir(import.meta.dirname, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return Promise.all(names.sort().map((name) => buildLambda(name, outDir)));
}

async function buildLambda(name: string, outDir: string): Promise<LambdaBundle> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, name, "handler.ts")],
    absWorkingDir: join(import.meta.dirname, ".."), // paths in the output must not depend on the build's folder
    outfile: "index.js",
    bundle: true,
    write: false,
    platform: "node",
    target: "node24",
    format: "cjs",
    minify: true,
    legalComments: "none",
    external: ["@aws-sdk/*"],
    logLevel: "warning",
  });
  const files = Object.fromEntries(outputFiles.map(({ contents }) => ["index.js", contents]));
  const archive = zipSync(files, { level: 9, mtime: FIXED_DATE });
  const path = join(outDir, `${name}.zip`);
  await writeFile(path, archive);
  return { name, path, bytes: archive.byteLength };
}

if (import.meta.main) {
  const bundles = await buildLambdas(join(import.meta.dirname, "../dist/lambdas"));
  for (const { name, bytes } of bundles) console.log(`${name}: ${(bytes / 1024).toFixed(1)} KiB`);
}
