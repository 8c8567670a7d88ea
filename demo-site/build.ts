import { fileURLToPath } from "node:url";
import { type BuiltFile, buildPage, reportBuild } from "../ui/build-page.ts";

/** React's interface on Preact, which is a tenth of its size: docs/decisions/091-landing-page-runs-on-preact.md. */
const PREACT = {
  "react/jsx-runtime": "preact/jsx-runtime",
  "react-dom/client": "preact/compat/client",
  "react-dom": "preact/compat",
  react: "preact/compat",
} as const;

/**
 * Builds the demo page into `outDir`, which is emptied first: `index.html`, `favicon.svg` and `assets/` with a content
 * hash in each name.
 */
export function buildSite(outDir: string): Promise<readonly BuiltFile[]> {
  return buildPage({ root: import.meta.dirname, base: "/", outDir, alias: PREACT, prerender: "src/prerender.tsx" });
}

if (import.meta.main) reportBuild(await buildSite(fileURLToPath(new URL("../dist/site", import.meta.url))));
