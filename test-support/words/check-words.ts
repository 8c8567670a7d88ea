import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type AllowedFiles, allowedFile, shrunk, wordProblems, wordsInRepository } from "./word-problems.ts";

// `npm run words`: prints retired words and ends with 1 where there are some. `--shrink` takes clean files off the list.
const root = join(import.meta.dirname, "../..");
const found = wordsInRepository(root);
let allowed: AllowedFiles = JSON.parse(readFileSync(allowedFile(root), "utf8"));
if (process.argv.includes("--shrink")) {
  allowed = shrunk(found, allowed);
  writeFileSync(allowedFile(root), `${JSON.stringify(allowed, null, 2)}\n`);
}
const problems = wordProblems(found, allowed);
for (const problem of problems) console.error(problem);
const left = Object.values(allowed).reduce((sum, files) => sum + files.length, 0);
console.log(
  `words: ${problems.length} problems; ${left} entries of old words left in test-support/words/allowed-words.json`,
);
process.exitCode = problems.length === 0 ? 0 : 1;
