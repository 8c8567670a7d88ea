import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** First executable of one of these names on a PATH. */
export function findProgram(names: readonly string[], path: string | undefined): string | undefined {
  const folders = (path ?? "").split(delimiter).filter((folder) => folder !== "");
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
