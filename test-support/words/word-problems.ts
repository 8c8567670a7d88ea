import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { declaredNames, partsOf } from "./declared-names.ts";
import { REQUIREMENT_CODE, RETIRED_PHRASES, RETIRED_WORDS } from "./retired-words.ts";

/** A retired word, or a requirement's code, in a file. */
export interface FoundWord {
  readonly file: string;
  readonly word: string;
  /** The name or the line that has it. */
  readonly where: string;
  readonly instead: string;
}

/** Files that still have a word, by word. It only gets smaller. */
export type AllowedFiles = Readonly<Record<string, readonly string[]>>;

const SOURCE = /\.(ts|tsx|mjs)$/;
const PROSE = /\.(ts|tsx|mjs|md|py|go|java|sh|hcl|yml)$/;
/** Where the words themselves stand, and the codes. */
const OWN = /^test-support\/words\/|^docs\/(requirements|glossary)\.md$|^test-support\/requirements\.test\.ts$/;

/** Where the list of files is that still have retired words. */
export function allowedFile(root: string): string {
  return join(root, "test-support/words/allowed-words.json");
}

/** Every retired word in the files that git tracks or will track. */
export function wordsInRepository(root: string): readonly FoundWord[] {
  const args = ["ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate"];
  const listed = execFileSync("git", args, { cwd: root, encoding: "utf8" }).split("\n");
  const files = listed.filter((file) => PROSE.test(file) && !OWN.test(file));
  return files.flatMap((file) => {
    const text = textOf(join(root, file));
    return text === undefined ? [] : wordsIn(file, text);
  });
}

/** The retired words in a file: in its path, in names that it declares, and in its text. */
export function wordsIn(file: string, text: string): readonly FoundWord[] {
  const stem = file.replace(/\.[\w.]+$/, "");
  const names = SOURCE.test(file) ? [stem.replaceAll("/", "-"), ...declaredNames(file, text)] : [];
  const inNames = RETIRED_WORDS.flatMap(({ parts, instead }): readonly FoundWord[] => {
    const where = names.find((name) => hasParts(partsOf(name), parts));
    return where === undefined ? [] : [{ file, word: parts.join(" "), where, instead }];
  });
  const lines = text.split("\n");
  const inText = RETIRED_PHRASES.flatMap(({ form, instead }): readonly FoundWord[] => {
    const where = lines.find((line) => form.test(line));
    const word = where === undefined ? undefined : form.exec(where)?.[0].toLowerCase();
    return where === undefined || word === undefined ? [] : [{ file, word, where: where.trim(), instead }];
  });
  const coded = lines.find((line) => REQUIREMENT_CODE.test(line));
  const codes = coded === undefined ? [] : [codeIn(file, coded)];
  return [...inNames, ...inText, ...codes];
}

/** What is wrong, a sentence each: words in files that may not have them, and entries of the list whose file is clean. */
export function wordProblems(found: readonly FoundWord[], allowed: AllowedFiles): readonly string[] {
  const isAllowed = ({ file, word }: FoundWord) => allowed[word]?.includes(file) ?? false;
  const fresh = found
    .filter((one) => !isAllowed(one))
    .map(({ file, word, where, instead }) => `${file}: "${word}" in ${where} must be the field's word: ${instead}.`);
  const stale = Object.entries(allowed).flatMap(([word, files]) =>
    files
      .filter((file) => !found.some((one) => one.file === file && one.word === word))
      .map(
        (file) => `${file} has no "${word}" any more: run \`npm run words -- --shrink\`, which takes it off the list.`,
      ),
  );
  return [...fresh, ...stale];
}

/** The list without entries whose file is clean or gone. */
export function shrunk(found: readonly FoundWord[], allowed: AllowedFiles): AllowedFiles {
  const rows = Object.entries(allowed).map(([word, files]) => {
    const left = files.filter((file) => found.some((one) => one.file === file && one.word === word));
    return [word, left.toSorted()] as const;
  });
  return Object.fromEntries(rows.filter(([, files]) => files.length > 0));
}

function hasParts(name: readonly string[], parts: readonly string[]): boolean {
  return name.some((_, at) => parts.every((part, offset) => name[at + offset] === part));
}

function codeIn(file: string, line: string): FoundWord {
  const word = REQUIREMENT_CODE.exec(line)?.[0] ?? "";
  return { file, word, where: line.trim(), instead: "what is required, in words; codes are in docs/requirements.md" };
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined; // removed, and not yet committed
  }
}
