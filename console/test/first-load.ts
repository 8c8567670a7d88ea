import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { BuiltFile } from "../../ui/build-page.ts";

const ROUTER = join(import.meta.dirname, "../src/router.tsx");
/** Loaded by every page after the sign-in: the frame, and the client of the control API. */
const FRAME = ["index", "shell", "api-client"] as const;

/** The chunk of each page by its path, as the router names them. */
export function pageChunks(): readonly {
  readonly path: string;
  readonly chunk: string;
  readonly isSignedIn: boolean;
}[] {
  const router = readFileSync(ROUTER, "utf8");
  const routes = router.matchAll(
    /getParentRoute: \(\) => (app|root),\s+path: "(\/[^"]*)",.*?import\("\.\/[^"]*\/([\w-]+)\.tsx"\)/gs,
  );
  return [...routes].map(([, parent = "", path = "", chunk = ""]) => ({ path, chunk, isSignedIn: parent === "app" }));
}

/** Compressed script in bytes that a page loads when it is opened by its address. */
export function firstLoad(
  folder: string,
  files: readonly BuiltFile[],
  { chunk, isSignedIn }: { readonly chunk: string; readonly isSignedIn: boolean },
): number {
  return scriptOf(folder, files, [...(isSignedIn ? FRAME : (["index"] as const)), chunk]);
}

/** Compressed bytes of chunks with all that they import. @param names of sources, without hash */
export function scriptOf(folder: string, files: readonly BuiltFile[], names: readonly string[]): number {
  const seen = new Map<string, number>();
  const visit = (path: string): void => {
    if (seen.has(path)) return;
    const file = files.find((built) => built.path === `assets/${path}`);
    if (file === undefined) throw new Error(`The build has no ${path}.`);
    seen.set(path, file.gzipBytes);
    const text = readFileSync(join(folder, file.path), "utf8");
    // Imports at the beginning of a module; those in calls are loaded later.
    for (const [, next = ""] of text.matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g)) visit(next);
  };
  for (const name of names) {
    const file = files.find(({ path }) => path.replace(/-[\w-]{8}\.js$/, "") === `assets/${name}`);
    if (file === undefined) throw new Error(`The build has no chunk ${name}.`);
    visit(file.path.slice("assets/".length));
  }
  return [...seen.values()].reduce((sum, bytes) => sum + bytes, 0);
}
