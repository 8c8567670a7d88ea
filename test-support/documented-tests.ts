import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
/** Stands on a line of its own above a test that documents point to: a better title then breaks no document. */
const MARKER = /^[ \t]*\/\/ documented: (\S+)$/gm;
/** In a document, in backticks: a test's file, `#`, its id. */
const REFERENCE = /`([\w./-]+\.test\.tsx?)#([^`\s]+)`/g;

/** A test and its id. */
export interface DocumentedTest {
  /** From the repository's root. */
  readonly file: string;
  readonly id: string;
}

/** The ids above the tests of a file. @throws when one is misspelt, or doesn't stand right above a test */
export function markedTests(file: string, text: string): readonly DocumentedTest[] {
  return [...text.matchAll(MARKER)].map(({ 0: line, 1: id = "", index }) => {
    if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id))
      throw new Error(`${file}: the id "${id}" must be small letters, digits and hyphens; write it so.`);
    if (!/^\n[ \t]*test[.(]/.test(text.slice(index + line.length)))
      throw new Error(`${file}: the id "${id}" must stand right above a test; move it there.`);
    return { file, id };
  });
}

/** The tests that a document's text points to, in their order. */
export function referencedTests(text: string): readonly DocumentedTest[] {
  return [...text.matchAll(REFERENCE)].map(([, file = "", id = ""]) => ({ file, id }));
}

/** The ids of all tests that git tracks. */
export function allMarkedTests(): readonly DocumentedTest[] {
  return trackedFiles("*.test.ts", "*.test.tsx").flatMap((file) => markedTests(file, read(file)));
}

/** The tests that all documents that git tracks point to. */
export function allReferencedTests(): readonly DocumentedTest[] {
  return trackedFiles("*.md").flatMap((file) => referencedTests(read(file)));
}

/** The references that lead to none of the tests, as `file#id`. */
export function deadReferences(
  references: readonly DocumentedTest[],
  tests: readonly DocumentedTest[],
): readonly string[] {
  const known = new Set(tests.map(reference));
  return references.map(reference).filter((text) => !known.has(text));
}

function reference({ file, id }: DocumentedTest): string {
  return `${file}#${id}`;
}

function trackedFiles(...patterns: readonly string[]): readonly string[] {
  const args = ["ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate", "--", ...patterns];
  const listed = execFileSync("git", args, { cwd: root, encoding: "utf8" }).trim().split("\n");
  const deleted = execFileSync("git", ["ls-files", "--deleted"], { cwd: root, encoding: "utf8" }).split("\n");
  return listed.filter((file) => file !== "" && !deleted.includes(file));
}

function read(file: string): string {
  return readFileSync(join(root, file), "utf8");
}
