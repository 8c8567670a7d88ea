import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { BuiltFile } from "../../ui/build-page.ts";

const ROUTER = join(import.meta.dirname, "../src/router.tsx");
/** Every page begins with it. */
const START = ["src/main.tsx"] as const;
/** Loaded by every page after the sign-in too: the frame, and the client of the control API. */
const SIGNED_IN = ["src/shell/shell.tsx", "src/api/api-client.ts"] as const;

export interface PageModule {
  readonly path: string;
  /** Source of the page, relative to the console. */
  readonly module: string;
  readonly isSignedIn: boolean;
}

/** The source of each page by its path, as the router names them. */
export function pageModules(): readonly PageModule[] {
  const router = readFileSync(ROUTER, "utf8");
  const routes = router.matchAll(
    /getParentRoute: \(\) => (app|root),\s+path: "(\/[^"]*)",.*?import\("\.\/([^"]+\.tsx)"\)/gs,
  );
  return [...routes].map(([, parent = "", path = "", module = ""]) => ({
    path,
    module: `src/${module}`,
    isSignedIn: parent === "app",
  }));
}

/** Compressed script in bytes that a page loads when it is opened by its address. */
export function firstLoad(files: readonly BuiltFile[], { module, isSignedIn }: PageModule): number {
  return scriptOf(files, [...START, ...(isSignedIn ? SIGNED_IN : []), module]);
}

/** Compressed bytes of the scripts that have some modules, with all that those import. */
export function scriptOf(files: readonly BuiltFile[], modules: readonly string[]): number {
  const seen = new Set<BuiltFile>();
  const visit = (file: BuiltFile | undefined, name: string): void => {
    if (file === undefined) throw new Error(`The build has no ${name}.`);
    if (seen.has(file)) return;
    seen.add(file);
    for (const next of file.imports)
      visit(
        files.find(({ path }) => path === next),
        next,
      );
  };
  for (const name of modules)
    visit(
      files.find(({ modules: sources }) => sources.includes(name)),
      name,
    );
  return [...seen].reduce((sum, { gzipBytes }) => sum + gzipBytes, 0);
}
