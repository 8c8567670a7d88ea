import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { basename, join } from "node:path";

const here = import.meta.dirname;

/** A folder with a build, or the reason why this machine can't build it. */
export type Built = { readonly home: string } | { readonly missing: string };

/**
 * A folder in the user's cache in which `build` was done once for these sources.
 * @param sources files of `room`; a build of equal sources is used again
 * @param room folder of the sources; the cache has its name too. @default - this folder
 */
export async function builtFrom(
  name: string,
  sources: readonly string[],
  build: (home: string) => Promise<void>,
  room: string = here,
): Promise<Built> {
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "sluice", basename(room));
  const hash = createHash("sha256");
  for (const file of sources) hash.update(readFileSync(join(room, file)));
  const home = join(cache, `${name}-${hash.digest("hex").slice(0, 16)}`);
  const stamp = join(home, "built");
  if (existsSync(stamp)) return { home };
  rmSync(home, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
  try {
    await build(home);
  } catch (error) {
    return { missing: error instanceof Error ? error.message : "it could not be built" };
  }
  mkdirSync(stamp);
  return { home };
}

/** A virtual environment with the packages of a requirements file; then `also` runs in it, once. */
export function pythonWith(
  requirements: string,
  sources: readonly string[] = [],
  also: (python: string, home: string) => Promise<void> = async () => {},
): Promise<Built> {
  return builtFrom(requirements.split("/")[0] ?? "", [requirements, ...sources], async (home) => {
    await also(await installPython(home, join(here, requirements)), home);
  });
}

/** Makes a virtual environment in `home` with the packages of a requirements file. @returns its interpreter */
export async function installPython(home: string, requirements: string): Promise<string> {
  const python = join(home, "venv/bin/python");
  await run("python3", ["-m", "venv", join(home, "venv")]);
  await run(python, [
    "-m",
    "pip",
    "install",
    "--no-compile",
    "--quiet",
    "--disable-pip-version-check",
    "-r",
    requirements,
  ]);
  return python;
}

/** @throws with the last lines of the command's output */
export function run(command: string, args: readonly string[], cwd = here): Promise<void> {
  const child = spawn(command, args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-2000);
    });
  return new Promise((resolve, reject) => {
    child.once("error", () => reject(new Error(`${command} is not on this machine`)));
    child.once("close", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${command} ended with ${code}: ${output.trim().split("\n").slice(-2).join(" | ")}`));
    });
  });
}
