import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import { build } from "vite";

export interface BuiltFile {
  /** Relative to the output folder, with forward slashes. */
  readonly path: string;
  readonly bytes: number;
  readonly gzipBytes: number;
}

interface PageBuild {
  /** Folder with `index.html`. */
  readonly root: string;
  /** Path at which the build is served, with a slash at both ends. */
  readonly base: string;
  /** Emptied first. */
  readonly outDir: string;
  /** Packages that are bundled in place of those that the source names. @default - none */
  readonly alias?: Readonly<Record<string, string>>;
}

/**
 * Builds a page of React. No script or style is inline, so that it runs under `script-src 'self'; style-src 'self'`. The bundle is
 * the same for every environment: `/config.json` has the differences.
 */
export async function buildPage({ root, base, outDir, alias = {} }: PageBuild): Promise<readonly BuiltFile[]> {
  // Vite takes React's development build when NODE_ENV says so, as it does inside a test runner.
  const before = process.env.NODE_ENV;
  process.env.NODE_ENV = "production";
  try {
    await build({
      root,
      base,
      configFile: false,
      envDir: false,
      publicDir: join(import.meta.dirname, "public"),
      mode: "production",
      logLevel: "warn",
      plugins: [react()],
      resolve: { alias: { ...alias } },
      build: {
        outDir,
        emptyOutDir: true,
        assetsInlineLimit: 0,
        modulePreload: { polyfill: false },
        target: "es2022",
        reportCompressedSize: false,
      },
    });
  } finally {
    if (before === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = before;
  }
  return await listFiles(outDir);
}

async function listFiles(outDir: string): Promise<readonly BuiltFile[]> {
  const entries = await readdir(outDir, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return await Promise.all(
    paths.sort().map(async (path) => ({
      path: relative(outDir, path).replaceAll("\\", "/"),
      bytes: (await stat(path)).size,
      gzipBytes: gzipSync(await readFile(path)).length,
    })),
  );
}

/** Prints the files of a build with their sizes. */
export function reportBuild(files: readonly BuiltFile[]): void {
  for (const { path, bytes, gzipBytes } of files) console.log(`${path}  ${bytes} bytes, ${gzipBytes} gzipped`);
}
