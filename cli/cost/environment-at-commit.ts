import { execFile } from "node:child_process";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import type { CostEnvironment } from "../../domain/cost/cost-environment.ts";
import { UserError } from "../terminal/user-error.ts";

const run = promisify(execFile);

/**
 * Reads the environment of a commit, checked by that commit's schema in a temporary folder. Working tree and index do
 * not change.
 * @throws {UserError} when the commit does not exist, or has no such environment
 */
export async function environmentAtCommit(project: string, commit: string, name: string): Promise<CostEnvironment> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-commit-"));
  const git = (...args: readonly string[]) =>
    run("git", args, { cwd: project, env: { ...process.env, GIT_INDEX_FILE: join(folder, "index") } });
  try {
    // A leading hyphen would be an option.
    if (commit.startsWith("-"))
      throw new UserError(`--commit must name a commit, got "${commit}"; \`git log --oneline\` lists them.`);
    const { stdout: hash } = await git("rev-parse", "--verify", "--quiet", `${commit}^{commit}`).catch(() => {
      throw new UserError(`There is no commit "${commit}" in this clone; \`git log --oneline\` lists them.`);
    });
    await git("read-tree", hash.trim());
    const files = join(folder, "files/");
    await git("checkout-index", "--all", `--prefix=${files}`);
    await symlink(join(project, "node_modules"), join(files, "node_modules"), "dir");
    const loader = pathToFileURL(join(files, "environments/load.ts")).href;
    const { loadEnvironment }: { loadEnvironment(name: string): Promise<CostEnvironment> } = await import(
      /* @vite-ignore */ loader
    );
    return await loadEnvironment(name).catch((error: unknown) => {
      throw new UserError(`At ${commit}: ${error instanceof Error ? error.message : String(error)}`);
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
