import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import type { ChainStore } from "../../domain/audit/chain-store.ts";

/** A piece that is read at once: a thousand events or more. */
const PIECE_BYTES = 1 << 20;

/**
 * Chains in a folder, each in a folder with its name; or the folder of one chain.
 * @throws an error of the file system, where there is no such folder
 */
export async function folderStore(path: string): Promise<ChainStore> {
  const entries = await readdir(path, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const isChain = folders.includes("heads") || folders.includes("segments");
  const root = isChain ? dirname(resolve(path)) : path;
  return {
    chains: async () => (isChain ? [basename(resolve(path))] : folders),
    files: async (chain) => {
      const folder = join(root, chain);
      const found = await readdir(folder, { recursive: true, withFileTypes: true });
      return found
        .filter((entry) => !entry.isDirectory())
        .map(({ parentPath, name }) => ({ name: relative(folder, join(parentPath, name)).split(sep).join("/") }));
    },
    read: (chain, name) => pieces(join(root, chain, name)),
  };
}

/** None for what is no file, such as a pipe or a device. Synchronous: a stream for each of half a million small files takes several times as long. */
async function* pieces(path: string): AsyncGenerator<Uint8Array> {
  // Opening a pipe that nobody writes to would wait for ever.
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const facts = fstatSync(file);
    if (!facts.isFile()) return;
    const size = Math.min(PIECE_BYTES, facts.size + 1);
    for (;;) {
      const piece = Buffer.allocUnsafe(size);
      const length = readSync(file, piece, 0, size, null);
      if (length === 0) return;
      yield piece.subarray(0, length);
    }
  } finally {
    closeSync(file);
  }
}
