import { fileURLToPath } from "node:url";
import { CONSOLE_FOLDER } from "../contracts/site/console-pages.ts";
import { type BuiltFile, buildPage, reportBuild } from "../ui/build-page.ts";

/**
 * Builds the console into `outDir`, which is emptied first. Its `index.html` is served under the path of each page, and
 * names scripts and styles below `/console/`.
 */
export function buildConsole(outDir: string): Promise<readonly BuiltFile[]> {
  return buildPage({ root: import.meta.dirname, base: `/${CONSOLE_FOLDER}/`, outDir });
}

if (import.meta.main) reportBuild(await buildConsole(fileURLToPath(new URL("../dist/console", import.meta.url))));
