import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../local/test/tools.ts";
import { checkedOutCommit } from "./checked-out-commit.ts";

test("is the commit of the clone, unless a file differs from it", async () => {
  const folder = temporaryFolder();
  const git = (...args: readonly string[]) =>
    execFileSync("git", ["-c", "user.name=ada", "-c", "user.email=ada@example.com", ...args], { cwd: folder });
  git("init", "--quiet");
  writeFileSync(join(folder, "dev.ts"), "one");
  git("add", ".");
  git("commit", "--quiet", "--message", "one");
  writeFileSync(join(folder, "untracked.txt"), "as a plan's output");
  expect(await checkedOutCommit(folder)).toMatch(/^[0-9a-f]{40}$/);
  writeFileSync(join(folder, "dev.ts"), "two");
  await expect(checkedOutCommit(folder)).rejects.toThrow(/dev\.ts: changed since the commit/);
});

test("outside of a clone there is none", async () => {
  await expect(checkedOutCommit(temporaryFolder())).rejects.toThrow(/is in no clone with a commit/);
});
