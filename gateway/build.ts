import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build, type Plugin } from "esbuild";

/** ES modules have no `require`; packages that were CommonJS load Node's own modules by it. */
const REQUIRE = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';

/** A statement that declares the schema of one operation or shape. */
const SCHEMA = /^((?:export )?var [\w$]+) = (\[[^;]*\]);$/gm;

/**
 * Leaves schemas of AWS operations out that the gateway does not call. In an array with a computed key esbuild can't see that
 * nothing happens, and keeps it: EC2's took 29 MiB of each gateway (resident memory, 141 and 113 MiB after the start).
 */
const unusedAwsSchemas: Plugin = {
  name: "unused-aws-schemas",
  setup(builder) {
    builder.onLoad({ filter: /@aws-sdk\/client-[^/]+\/dist-es\/schemas\/schemas_0\.js$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      return { contents: source.replace(SCHEMA, "$1 = /* @__PURE__ */ (() => $2)();") };
    });
  },
};

/**
 * Bundles the gateway with its packages into `<outDir>/server.mjs`, with its SHA-256 beside it in `sha256sum`'s format.
 * Equal sources give equal bytes.
 * @param options `sourceMap`: whether `<outDir>/server.mjs.map` is written too; the bundle is the same with it
 * @returns the bundle's path and SHA-256
 */
export async function buildGateway(
  outDir: string,
  { sourceMap = false }: { readonly sourceMap?: boolean } = {},
): Promise<{ readonly path: string; readonly sha256: string }> {
  await mkdir(outDir, { recursive: true });
  const path = join(outDir, "server.mjs");
  await build({
    entryPoints: [join(import.meta.dirname, "server.ts")],
    absWorkingDir: join(import.meta.dirname, ".."), // paths in the output must not depend on where it is built
    outfile: path,
    bundle: true,
    platform: "node",
    target: "node24",
    format: "esm",
    // Packages' ES modules first: of them only what is used comes along.
    mainFields: ["module", "main"],
    plugins: [unusedAwsSchemas],
    banner: { js: REQUIRE },
    legalComments: "none",
    ...(sourceMap ? { sourcemap: "external" as const } : {}),
    // Each thread holds the text. Names stay, and lines are short: a stack trace must be readable.
    minifyWhitespace: true,
    lineLimit: 120,
    logLevel: "warning",
  });
  const sha256 = createHash("sha256")
    .update(await readFile(path))
    .digest("hex");
  await writeFile(`${path}.sha256`, `${sha256}  server.mjs\n`);
  return { path, sha256 };
}

if (import.meta.main) {
  const { sha256 } = await buildGateway(join(import.meta.dirname, "../dist/gateway"));
  console.log(`dist/gateway/server.mjs ${sha256}`);
}
