import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { specifiers } from "../room-rules.ts";

/** A source file of the project with the files that it imports, types included. */
export interface SourceNode {
  /** Path from the root, with `/`. */
  readonly path: string;
  readonly lines: number;
  readonly imports: readonly string[];
}

const SOURCE = /\.(ts|tsx|mjs)$/;
/** What tests alone use. */
const TEST = /\.test\.tsx?$|\/test\/|^test-support\/|\/fixtures?\//;

/** Tracked and new source files, tests too, by their paths from the root. */
function sourcePaths(root: string): readonly string[] {
  const git = (...args: string[]) => execFileSync("git", args, { cwd: root, encoding: "utf8" }).split("\n");
  const listed = [...git("ls-files"), ...git("ls-files", "--others", "--exclude-standard")];
  return listed.filter((path) => SOURCE.test(path));
}

/** Lines of every tracked or new source file, tests too, by path. @param root of a git checkout */
export function fileLengths(root: string): ReadonlyMap<string, number> {
  const texts = sourcePaths(root).flatMap((path) => textOf(root, path));
  return new Map(texts.map(([path, text]) => [path, text.split("\n").length - 1]));
}

/** Every tracked or new source file without tests, by path. @param root of a git checkout */
export function readSourceTree(root: string): ReadonlyMap<string, SourceNode> {
  const paths = new Set(sourcePaths(root).filter((path) => !TEST.test(path) && path.includes("/")));
  const texts = [...paths].flatMap((path) => textOf(root, path));
  return new Map(
    texts.map(([path, text]) => {
      const imports = specifiers(text)
        .filter((specifier) => specifier.startsWith("."))
        .map((specifier) => new URL(specifier, `file:///${path}`).pathname.slice(1))
        .filter((target) => paths.has(target));
      return [path, { path, lines: text.split("\n").length - 1, imports: [...new Set(imports)] }];
    }),
  );
}

/** Empty for a file that was removed and not yet committed. */
function textOf(root: string, path: string): readonly (readonly [string, string])[] {
  try {
    return [[path, readFileSync(join(root, path), "utf8")]];
  } catch {
    return [];
  }
}

/** The folder of a file; a file at the top of a room stands for itself, as compositions import everything. */
export function folderOf(path: string): string {
  const folder = path.slice(0, path.lastIndexOf("/"));
  return folder.includes("/") ? folder : path;
}

/** Source files by the folder that they lie in. */
export function filesByFolder(tree: ReadonlyMap<string, SourceNode>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const path of tree.keys()) {
    const folder = path.slice(0, path.lastIndexOf("/"));
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  return counts;
}
