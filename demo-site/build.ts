import { fileURLToPath } from "node:url";
import { type BuiltFile, buildPage, reportBuild } from "../ui/build-page.ts";
import { buildDocs } from "./docs/build-docs.ts";

/** React's interface on Preact, which is a tenth of its size: docs/decisions/091-landing-page-runs-on-preact.md. */
const PREACT = {
  "react/jsx-runtime": "preact/jsx-runtime",
  "react-dom/client": "preact/compat/client",
  "react-dom": "preact/compat",
  react: "preact/compat",
} as const;

/**
 * Builds the demo page into `outDir`, which is emptied first: `index.html`, `favicon.svg` and `assets/` with a content
 * hash in each name. Then the documentation: `docs.html` and `docs/`.
 */
export async function buildSite(outDir: string): Promise<readonly BuiltFile[]> {
  const root = import.meta.dirname;
  const page = await buildPage({ root, base: "/", outDir, alias: PREACT, prerender: "src/prerender.tsx" });
  const docs = await buildDocs(root, outDir);
  const known = new Set(page.map(({ path }) => path));
  return [...page, ...docs.filter(({ path }) => !known.has(path))];
}

if (import.meta.main) reportBuild(await buildSite(fileURLToPath(new URL("../dist/site", import.meta.url))));
