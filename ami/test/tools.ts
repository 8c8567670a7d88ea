import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, with nothing of our own environment but `PATH`. */
export function run(file: string, args: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Outcome {
  const { status, stdout, stderr, error } = spawnSync(file, args, {
    encoding: "utf8",
    env: { PATH: process.env.PATH ?? "", LC_ALL: "C", ...env },
  });
  if (error) throw error;
  return { status, stdout, stderr };
}

/** Path of a program on `PATH`; `undefined` when there is none. */
export function findTool(name: string): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  return folders
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** One line for a test that can't run here, `undefined` when all tools are there. */
export function missingTools(...names: readonly string[]): string | undefined {
  const missing = names.filter((name) => findTool(name) === undefined);
  return missing.length > 0 ? `${missing.join(", ")} not on PATH` : undefined;
}
