import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { UserError } from "../terminal/user-error.ts";

const run = promisify(execFile);

/**
 * The commit that is checked out in a folder, where nothing differs from it.
 * @throws {UserError} where the folder is in no clone, or files differ
 */
export async function checkedOutCommit(folder: string): Promise<string> {
  const git = async (...args: readonly string[]) => {
    const { stdout } = await run("git", [...args], { cwd: folder });
    return stdout.trim();
  };
  try {
    const commit = await git("rev-parse", "HEAD");
    const changed = await git("status", "--porcelain", "--untracked-files=no");
    if (changed === "") return commit;
    const files = changed.split("\n").map((line) => line.trim().split(/\s+/).at(-1));
    throw new UserError(
      `${files.join(", ")}: changed since the commit ${commit}; commit the changes, or take them back.`,
    );
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${folder} is in no clone with a commit, and plans are saved for one: ${String(error)}`);
  }
}
