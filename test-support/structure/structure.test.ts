import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { circleProblem, importCircles } from "./import-circles.ts";
import { longestFunctions } from "./longest-functions.ts";
import { fileLengths, filesByFolder, folderOf, readSourceTree, type SourceNode } from "./source-tree.ts";

const root = join(import.meta.dirname, "../..");
const tree = readSourceTree(root);
const MOST_FILES = 20;
const MOST_LINES = 300;
/** Files with more lines than there shall be; an entry that is short enough must go too. */
const KNOWN_LONG: readonly string[] = [];
/** Folders that import each other still; an entry whose circle is gone must go too. */
const KNOWN_CIRCLES: readonly string[] = [];
/** Folders with more files than there shall be; an entry that is small enough must go too. */
const KNOWN_LARGE: readonly string[] = [];

describe("the project's structure", { timeout: 120_000 }, () => {
  test("no folders of a room import each other in a circle, types included", () => {
    const circles = importCircles(tree);
    const known = (folders: readonly string[]) => KNOWN_CIRCLES.includes(folders.join(" "));
    expect(tree.size).toBeGreaterThan(500);
    expect(circles.filter(({ folders }) => !known(folders)).map(circleProblem)).toEqual([]);
    const names = circles.map(({ folders }) => folders.join(" "));
    expect(
      KNOWN_CIRCLES.filter((circle) => !names.includes(circle)),
      "these circles are gone: take them out",
    ).toEqual([]);
  });

  test(`no folder has more than ${MOST_FILES} source files`, () => {
    const large = [...filesByFolder(tree)].filter(([, count]) => count > MOST_FILES).map(([folder]) => folder);
    const advice = "put files of one subject into a folder of their own";
    expect(
      large.filter((folder) => !KNOWN_LARGE.includes(folder)),
      advice,
    ).toEqual([]);
    expect(
      KNOWN_LARGE.filter((folder) => !large.includes(folder)),
      "these are small enough: take them out",
    ).toEqual([]);
  });

  test(`no source file has more than ${MOST_LINES} lines, tests too`, () => {
    const lengths = fileLengths(root);
    const long = [...lengths].filter(([, lines]) => lines > MOST_LINES);
    expect(
      long.filter(([path]) => !KNOWN_LONG.includes(path)),
      "put what is another subject into a file of its own",
    ).toEqual([]);
    expect(
      KNOWN_LONG.filter((path) => (lengths.get(path) ?? 0) <= MOST_LINES),
      "these are short enough: take them out",
    ).toEqual([]);
  });

  test("a circle is reported with the import to turn round", () => {
    const node = (path: string, ...imports: string[]): [string, SourceNode] => [path, { path, lines: 1, imports }];
    const circles = importCircles(
      new Map([
        node("a/x/1.ts", "a/y/1.ts", "b/1.ts"),
        node("a/x/2.ts", "a/y/1.ts"),
        node("a/y/1.ts", "a/x/2.ts"),
        node("b/1.ts", "a/x/1.ts"),
      ]),
    );
    expect(circles.map(circleProblem)).toEqual([
      "a/x, a/y import each other in a circle; turn round a/y/1.ts -> a/x/2.ts: move what both need below, or pass it in as an argument",
    ]);
    expect([folderOf("a/1.ts"), folderOf("a/b/1.ts")]).toEqual(["a/1.ts", "a/b"]);
  });

  test("the longest functions are found with their lines", () => {
    const [first, second] = longestFunctions(root, tree, 2);
    expect(first?.lines).toBeGreaterThanOrEqual(second?.lines ?? 0);
    expect(tree.has(first?.path ?? "")).toBe(true);
  });
});
