import { spawn } from "node:child_process";

/**
 * Runs one of the project's scripts in a process of its own: rooms that the twin may not import are still used.
 * @returns what it wrote to standard output
 * @throws with its error output when it fails
 */
export function runStep(
  project: string,
  script: string,
  options: {
    readonly args?: readonly string[];
    readonly environment?: Readonly<Record<string, string>>;
    /** Whether its error output (progress) is shown as it comes. */
    readonly showsProgress?: boolean;
  } = {},
): Promise<string> {
  const { args = [], environment = {}, showsProgress = false } = options;
  const child = spawn(process.execPath, [script, ...args], {
    cwd: project,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", showsProgress ? "inherit" : "pipe"],
  });
  let output = "";
  let errors = "";
  child.stdout?.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  child.stderr?.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (code === 0) resolve(output);
      else reject(new Error(errors.trim() || `${script} ended with ${signal ?? `exit code ${code}`}`));
    });
  });
}
