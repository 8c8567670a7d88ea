import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/**
 * Whether this code runs from the npm package. Its files are compiled, as Node runs no TypeScript below `node_modules`;
 * those of a checkout are not.
 */
export const IS_PACKAGE = import.meta.filename.endsWith(".js");

/** The folder of this program's own files: the checkout, or the installed package. */
export const OWN_FOLDER = resolve(import.meta.dirname, "..");

/** The name under which one of this program's own scripts stands: `stacks/main.ts` is `stacks/main.js` in the package. */
export function scriptName(path: string): string {
  return IS_PACKAGE ? path.replace(/\.ts$/, ".js") : path;
}

/** The absolute path of one of this program's own scripts, from its path in the checkout. */
export function ownScript(path: string): string {
  return join(OWN_FOLDER, scriptName(path));
}

/**
 * The folder of the user's repository, with `environments/`: the checkout itself. For the package it is the folder with the
 * `cdktf.json` of the working folder, the nearest upwards, and the working folder where there is none yet.
 */
export function repositoryFolder(): string {
  return IS_PACKAGE ? repositoryAbove(process.cwd()) : OWN_FOLDER;
}

/** The nearest folder with a `cdktf.json`, from a folder upwards; the folder itself where there is none. */
export function repositoryAbove(folder: string): string {
  for (let each = resolve(folder); ; each = dirname(each)) {
    if (existsSync(join(each, "cdktf.json"))) return each;
    if (dirname(each) === each) return resolve(folder);
  }
}

/** The version of Sluice, e.g. `0.1.0`. */
export function ownVersion(): string {
  const { version }: { readonly version: string } = JSON.parse(readFileSync(join(OWN_FOLDER, "package.json"), "utf8"));
  return version;
}
