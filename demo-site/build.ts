import { fileURLToPath } from "node:url";
import { type BuiltFile, buildPage, reportBuild } from "../ui/build-page.ts";

/**
 * Builds the demo page into `outDir`, which is emptied first: `index.html`, `favicon.svg` and `assets/` with a content
 * hash in each name.
 */
export function buildSite(outDir: string): Promise<readonly BuiltFile[]> {
  return buildPage({ root: import.meta.dirname, base: "/", outDir });
}

if (import.meta.main) reportBuild(await buildSite(fileURLToPath(new URL("../dist/site", import.meta.url))));
