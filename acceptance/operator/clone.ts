import { cpSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";

/** Not copied into a clone: repository, build outputs, dependencies and shared files. */
const OMITTED: ReadonlySet<string> = new Set([".git", ".sluice", "cdktf.out", "coverage", "node_modules", "shared"]);

/** A copy of the project in which files may be changed, as an operator changes them. */
export class Clone {
  readonly folder: string;

  /** @param folder of the clone; it must not exist */
  constructor(project: string, folder: string) {
    cpSync(project, folder, { recursive: true, filter: (path) => !OMITTED.has(relative(project, path)) });
    symlinkSync(join(project, "node_modules"), join(folder, "node_modules"));
    this.folder = folder;
  }

  /**
   * Changes a file.
   * @param from each must be in it once
   * @returns undoes the change
   */
  edit(file: string, changes: readonly { readonly from: string; readonly to: string }[]): () => void {
    const path = join(this.folder, file);
    const before = readFileSync(path, "utf8");
    const after = changes.reduce((text, { from, to }) => {
      if (text.split(from).length !== 2) throw new Error(`${file} must have "${from}" once.`);
      return text.replace(from, () => to);
    }, before);
    writeFileSync(path, after);
    return () => writeFileSync(path, before);
  }
}
