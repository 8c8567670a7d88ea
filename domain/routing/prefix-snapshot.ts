import type { BlockUse } from "./prefix-index.ts";
import { BLOCK_BYTES } from "./prompt-blocks.ts";

const VERSION = 1;
/** Version, bytes of prompt in a block, time of writing, number of blocks. */
const HEADER_BYTES = 1 + 2 + 4 + 4;
/** 6 of the key, 2 of the age. */
const ENTRY_BYTES = 8;
const AGE_UNIT_SECONDS = 4;
/** 72 hours in units of 4 s. No engine keeps a block unused for so long. */
const MAX_AGE_UNITS = 0xffff;

/** Blocks of one replica that are saved: 64 KiB, prompts of a million tokens. */
export const MAX_SNAPSHOT_BLOCKS = 8192;

/**
 * The index's blocks of one replica as bytes, at most 64 KiB.
 * @param blocks newest first @param now seconds since 1970
 */
export function encodeSnapshot(blocks: Iterable<BlockUse>, now: number): Buffer {
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + ENTRY_BYTES * MAX_SNAPSHOT_BLOCKS);
  let count = 0;
  for (const { key, usedAt } of blocks) {
    const age = Math.ceil(Math.max(0, now - usedAt) / AGE_UNIT_SECONDS);
    if (count === MAX_SNAPSHOT_BLOCKS || age > MAX_AGE_UNITS) break;
    const at = HEADER_BYTES + ENTRY_BYTES * count++;
    bytes.writeUIntLE(key, at, 6);
    bytes.writeUInt16LE(age, at + 6);
  }
  bytes.writeUInt8(VERSION, 0);
  bytes.writeUInt16LE(BLOCK_BYTES, 1);
  bytes.writeUInt32LE(now, 3);
  bytes.writeUInt32LE(count, 7);
  return bytes.subarray(0, HEADER_BYTES + ENTRY_BYTES * count);
}

/** @returns newest first; empty when the bytes are of another version, or other data */
export function decodeSnapshot(bytes: Buffer): readonly BlockUse[] {
  if (bytes.length < HEADER_BYTES || bytes.readUInt8(0) !== VERSION || bytes.readUInt16LE(1) !== BLOCK_BYTES) return [];
  const now = bytes.readUInt32LE(3);
  const count = bytes.readUInt32LE(7);
  if (count > MAX_SNAPSHOT_BLOCKS || bytes.length !== HEADER_BYTES + ENTRY_BYTES * count) return [];
  const blocks = Array.from({ length: count }, (_, index) => {
    const at = HEADER_BYTES + ENTRY_BYTES * index;
    const age = bytes.readUInt16LE(at + 6) * AGE_UNIT_SECONDS;
    return { key: bytes.readUIntLE(at, 6), usedAt: Math.max(0, now - age) };
  });
  // Merged blocks must be in order, also those of another writer.
  return blocks.every((block, index) => index === 0 || (blocks[index - 1]?.usedAt ?? 0) >= block.usedAt) ? blocks : [];
}
