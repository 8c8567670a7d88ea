import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { circleProblem, importCircles } from "./import-circles.ts";
import { longestFunctions } from "./longest-functions.ts";
import { filesByFolder, readSourceTree } from "./source-tree.ts";

/**
 * `npm run structure [-- <commit> …]`: import circles, largest folders, longest files and functions of the checkout, and
 * the files that each named commit changed, by room.
 */
const root = join(import.meta.dirname, "../..");
const SHOWN = 8;
const MOST_FILES = 20;
const MOST_LINES = 300;
const MOST_FUNCTION_LINES = 60;

function section(title: string, rows: readonly string[]): void {
  console.log(`\n${title}`);
  for (const row of rows.length === 0 ? ["none"] : rows) console.log(`  ${row}`);
}

const tree = readSourceTree(root);
console.log(`${tree.size} source files without tests`);
section(
  "Folders that import each other in a circle, inside a room (goal: none)",
  importCircles(tree).map(circleProblem),
);
const folders = [...filesByFolder(tree)].toSorted(([, one], [, other]) => other - one);
section(
  `Largest folders, in source files (goal: ${MOST_FILES} at most)`,
  folders.slice(0, SHOWN).map(([folder, count]) => `${String(count).padStart(4)}  ${folder}`),
);
const files = [...tree.values()].toSorted((one, other) => other.lines - one.lines);
section(
  `Longest files, in lines (goal: about ${MOST_LINES} at most)`,
  files.slice(0, SHOWN).map(({ path, lines }) => `${String(lines).padStart(4)}  ${path}`),
);
section(
  `Longest functions, in lines (goal: ${MOST_FUNCTION_LINES} at most, tables of declarations apart)`,
  longestFunctions(root, tree, SHOWN).map(({ path, line, lines }) => `${String(lines).padStart(4)}  ${path}:${line}`),
);
for (const commit of process.argv.slice(2)) section(`Files that ${commit} changed, by room`, filesOfCommit(commit));

function filesOfCommit(commit: string): readonly string[] {
  const text = execFileSync("git", ["show", "--format=", "--name-only", "--no-renames", commit], {
    cwd: root,
    encoding: "utf8",
  });
  const changed = text.split("\n").filter((path) => path !== "");
  const isSource = (path: string) =>
    /\.(ts|tsx|mjs)$/.test(path) && !/\.test\.tsx?$|\/test\/|^test-support\//.test(path);
  const rooms = Map.groupBy(changed.filter(isSource), (path) => path.split("/")[0] ?? "");
  const rows = Array.from(
    rooms,
    ([room, paths]) => `${String(paths.length).padStart(4)}  ${room}: ${paths.join(", ")}`,
  );
  return [`${changed.filter(isSource).length} source files of ${changed.length} in all`, ...rows];
}
