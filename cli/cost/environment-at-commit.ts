import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import type { CostEnvironment } from "../../domain/cost/cost-environment.ts";
import { loadEnvironment } from "../../environments/load.ts";
import { IS_PACKAGE } from "../../lib/installation.ts";
import { UserError } from "../terminal/user-error.ts";

const run = promisify(execFile);

/**
 * Reads the environment of a commit, in a temporary folder. Working tree and index do
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
    const { stdout: below } = await git("rev-parse", "--show-prefix");
    const root = join(files, below.trim());
    await symlink(join(project, "node_modules"), join(root, "node_modules"), "dir");
    return await readEnvironment(root, name).catch((error: unknown) => {
      throw new UserError(`At ${commit}: ${error instanceof Error ? error.message : String(error)}`);
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A clone's environment is read by the commit's own code; a repository with the package has none, and the package reads it. */
async function readEnvironment(root: string, name: string): Promise<CostEnvironment> {
  if (IS_PACKAGE) {
    const file = join(root, "environments", `${name}.ts`);
    if (!existsSync(file)) throw new Error(`There is no environment "${name}".`);
    return loadEnvironment(file);
  }
  const loader: { loadEnvironment(name: string): Promise<CostEnvironment> } = await import(
    /* @vite-ignore */ pathToFileURL(join(root, "environments/load.ts")).href
  );
  return loader.loadEnvironment(name);
}
