import { fileURLToPath } from "node:url";
import { CONSOLE_FOLDER } from "../contracts/site/console-pages.ts";
import { type BuiltFile, buildPage, type ChunkGroup, reportBuild } from "../ui/build-page.ts";
import { compileMessages } from "./compile-messages.ts";
import { leanAxios } from "./lean-axios.ts";

/** use-intl without its parser, as texts are compiled by the build. */
const COMPILED_TEXTS = { "use-intl/format-message": "use-intl/format-message/format-only" } as const;

/** What each page after the sign-in loads: as one file it is compressed 10 kB better than as forty. */
const FRAME: ChunkGroup = {
  name: "frame",
  test: new RegExp(
    [
      "/node_modules/(react|react-dom|scheduler|use-sync-external-store|zustand|axios|use-intl)/",
      "/node_modules/@tanstack/(react-router|router-core|history|react-store|store|react-query|query-core)/",
      "/console/src/(api/(?!role-operations)|i18n/(?!pseudo-locale)|lib/|preferences/|projects/)",
      "/console/src/session/(?!sign-in)",
      "/console/src/shell/(?!command-palette|not-found)",
      "/console/src/components/(?!markdown/|virtual-rows)",
      // The router reads every page's filters.
      "/console/src/pages/[^/]+/[^/]+-search\\.",
      "/ui/(components|hooks)/",
    ].join("|"),
  ),
};

/** What the pages of the administration share. */
const ADMINISTRATION: ChunkGroup = {
  name: "administration",
  test: /\/console\/src\/pages\/admin\/(messages|admin-frame|admin-list)\.|\/console\/src\/pages\/money\/(messages|subject-name)\./,
};

/** What the playground shows before the first prompt is sent. */
const PLAYGROUND: ChunkGroup = {
  name: "playground",
  test: new RegExp(
    [
      "/pages/playground/(messages|playground-page|settings-form|pane|composer)\\.",
      "/pages/playground/conversation/(branches|conversation|images|settings|turn)\\.",
      "/pages/playground/state/(?!open-link)",
      "/pages/playground/editors/lazy-section\\.",
    ].join("|"),
  ),
};

/** Shared by playground and history, which would load each other's code with it. */
const RESPONSE_STYLES: ChunkGroup = { name: "responses", test: /\/console\/src\/styles\/answers\.css$/ };

/**
 * Builds the console into `outDir`, which is emptied first. Its `index.html` is served under the path of each page, and
 * names scripts and styles below `/console/`.
 */
export function buildConsole(outDir: string): Promise<readonly BuiltFile[]> {
  return buildPage({
    root: import.meta.dirname,
    base: `/${CONSOLE_FOLDER}/`,
    outDir,
    alias: COMPILED_TEXTS,
    plugins: [compileMessages(), leanAxios()],
    groups: [FRAME, ADMINISTRATION, RESPONSE_STYLES, PLAYGROUND],
  });
}

if (import.meta.main) reportBuild(await buildConsole(fileURLToPath(new URL("../dist/console", import.meta.url))));
