import { fileURLToPath } from "node:url";
import { CONSOLE_FOLDER } from "../contracts/site/console-pages.ts";
import { type BuiltFile, buildPage, type ChunkGroup, reportBuild } from "../ui/build-page.ts";
import { compileMessages } from "./compile-messages.ts";
import { leanAxios } from "./lean-axios.ts";
import { writePages } from "./write-pages.ts";

/** use-intl without its parser, as texts are compiled by the build. */
const COMPILED_TEXTS = { "use-intl/format-message": "use-intl/format-message/format-only" } as const;

/**
 * Requests what every page waits for, and shows what it can of the page: it imports nothing of the frame, so that it runs while the frame
 * is loaded.
 */
const START: ChunkGroup = {
  name: "start",
  test: new RegExp(
    [
      "/console/src/start(\\.|/(?!page-code))",
      "/console/src/api/(console-config|session-api|api-error)\\.",
      "/console/src/session/(session-lock|sign-out-channel)\\.",
      "/console/src/preferences/(stored|locale)\\.",
      "/console/src/components/end-early-page\\.",
      "/lib/(is-record|parse-json)\\.",
      "/ui/stream/problem\\.",
      "vite/preload-helper",
    ].join("|"),
  ),
};

/** What each page after the sign-in loads, and what most pages load: as one file it is compressed 10 kB better than as forty. */
const FRAME: ChunkGroup = {
  name: "frame",
  test: new RegExp(
    [
      "/node_modules/(react|react-dom|scheduler|use-sync-external-store|zustand|axios|use-intl)/",
      "/node_modules/@tanstack/(react-router|router-core|history|react-store|store|react-query|query-core)/",
      "/console/src/(api/(?!(role|admin-key|retention)-operations)|i18n/(?!pseudo-locale)|lib/|preferences/|projects/)",
      "/console/src/session/(?!sign-in)",
      "/console/src/start/page-code\\.",
      "/console/src/shell/(?!command-palette|not-found|account-menu|preference-fields)",
      "/console/src/components/(?!markdown/|virtual-rows|use-printing|when-near|choices?\\.)",
      // The router reads every page's filters.
      "/console/src/pages/[^/]+/[^/]+-search\\.",
      "/ui/(components|hooks)/",
    ].join("|"),
  ),
};

/** What the pages of the administration share. */
const ADMINISTRATION: ChunkGroup = {
  name: "administration",
  test: /\/console\/src\/pages\/admin\/(messages|admin-frame|admin-list)\./,
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
 * Builds the console into `outDir`, which is emptied first. The HTML of each page is served under its path, and
 * names scripts and styles below `/console/`; `index.html` is what all of them have.
 */
export async function buildConsole(outDir: string): Promise<readonly BuiltFile[]> {
  const root = import.meta.dirname;
  const base = `/${CONSOLE_FOLDER}/`;
  const files = await buildPage({
    root,
    base,
    outDir,
    alias: COMPILED_TEXTS,
    plugins: [compileMessages(), leanAxios()],
    groups: [START, FRAME, ADMINISTRATION, RESPONSE_STYLES, PLAYGROUND],
  });
  return [...files, ...(await writePages(root, { outDir, base, files }))];
}

if (import.meta.main) reportBuild(await buildConsole(fileURLToPath(new URL("../dist/console", import.meta.url))));
