import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

/** The rooms that a synthesis runs. */
const ROOMS = ["settings", "environments", "catalog", "contracts", "domain", "lib", "constructs", "stacks"] as const;

/** The whole change from cdktf to cdktn: the names of two packages in imports. */
const RENAMED: readonly (readonly [from: RegExp, to: string])[] = [
  [/(?<=from ")cdktf(?=")/g, "cdktn"],
  [/(?<=from ")@cdktf\/provider-aws\//g, "@cdktn/provider-aws/"],
];

/** A file's text with the imports of cdktn. */
export function portedText(text: string): string {
  return RENAMED.reduce((changed, [from, to]) => changed.replaceAll(from, to), text);
}

/**
 * Copies what a synthesis runs, with the imports of cdktn, into a new folder.
 * @param packages the `node_modules` that the copy uses
 */
export function portSources(project: string, folder: string, packages: string): void {
  mkdirSync(folder, { recursive: true });
  const isCopied = (path: string) => !path.endsWith(".test.ts") && basename(path) !== "test";
  for (const room of ROOMS) {
    cpSync(join(project, room), join(folder, room), { recursive: true, filter: isCopied });
    for (const file of readdirSync(join(folder, room), { recursive: true, encoding: "utf8" })) {
      const path = join(folder, room, file);
      if (path.endsWith(".ts")) writeFileSync(path, portedText(readFileSync(path, "utf8")));
    }
  }
  for (const name of ["package.json", "tsconfig.json"]) cpSync(join(project, name), join(folder, name));
  symlinkSync(join(project, "dist"), join(folder, "dist"));
  symlinkSync(packages, join(folder, "node_modules"));
}
