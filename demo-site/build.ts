import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import { build } from "vite";

const ROOT = import.meta.dirname;

export interface SiteFile {
  /** Relative to the output folder, with forward slashes. */
  readonly path: string;
  readonly bytes: number;
  readonly gzipBytes: number;
}

/**
 * Builds the demo page into `outDir`, which is emptied first: `index.html`, `favicon.svg` and `assets/` with a content
 * hash in each name. No script or style is inline, so that the page runs under `script-src 'self'; style-src 'self'`.
 * The bundle is the same for every environment: `config.json` beside it has the differences.
 */
export async function buildSite(outDir: string): Promise<readonly SiteFile[]> {
  // Vite takes React's development build when NODE_ENV says so, as it does inside a test runner.
  const before = process.env.NODE_ENV;
  process.env.NODE_ENV = "production";
  try {
    await build({
      root: ROOT,
      base: "/",
      configFile: false,
      envDir: false,
      mode: "production",
      logLevel: "warn",
      plugins: [react()],
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

async function listFiles(outDir: string): Promise<readonly SiteFile[]> {
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

if (import.meta.main) {
  const outDir = fileURLToPath(new URL("../dist/site", import.meta.url));
  for (const { path, bytes, gzipBytes } of await buildSite(outDir)) {
    console.log(`${path}  ${bytes} bytes, ${gzipBytes} gzipped`);
  }
}
