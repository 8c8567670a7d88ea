import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { type Built, builtFrom, installPython, run } from "../../conformance/build-once.ts";

/** This room's folder. */
export const ROOM = join(import.meta.dirname, "..");

let javascript: Promise<Built> | undefined;

/** The packages of `javascript/package-lock.json`, installed once for all programs without their install scripts. */
export function javascriptPackages(): Promise<Built> {
  const files = ["javascript/package.json", "javascript/package-lock.json"];
  javascript ??= builtFrom(
    "javascript",
    files,
    async (home) => {
      for (const file of files) cpSync(join(ROOM, file), join(home, file.replace("javascript/", "")));
      await run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], home);
    },
    ROOM,
  );
  return javascript;
}

/** A virtual environment for one program, with `python/requirements/<name>.txt`. */
export function pythonPackages(name: string): Promise<Built> {
  const requirements = `python/requirements/${name}.txt`;
  const install = async (home: string) => void (await installPython(home, join(ROOM, requirements)));
  return builtFrom(`python-${name}`, [requirements], install, ROOM);
}

const PackageFile = z.object({ dependencies: z.record(z.string(), z.string()) });

/** The pinned version of a package, from the files that install it. @throws when none has it */
export function versionOf(name: string, requirements?: string): string {
  const npm = PackageFile.parse(JSON.parse(readFileSync(join(ROOM, "javascript/package.json"), "utf8")));
  const python =
    requirements === undefined ? "" : readFileSync(join(ROOM, `python/requirements/${requirements}.txt`), "utf8");
  const pinned = python.split("\n").find((line) => line.startsWith(`${name}==`));
  const version = pinned?.slice(name.length + 2) ?? npm.dependencies[name];
  if (version === undefined) throw new Error(`${name} is not pinned in agents/; add it to what installs it.`);
  return version;
}
