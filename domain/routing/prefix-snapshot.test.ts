import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeSnapshot, encodeSnapshot, MAX_SNAPSHOT_BLOCKS } from "./prefix-snapshot.ts";

const NOW = 1_800_000_000;
const use = fc.record({ key: fc.nat(2 ** 48 - 1), usedAt: fc.integer({ min: NOW - 200_000, max: NOW }) });
const newestFirst = fc.array(use).map((uses) => uses.sort((a, b) => b.usedAt - a.usedAt));

describe("a snapshot of a replica's blocks", () => {
  test("is read with every key, and times at most four seconds older", () => {
    void fc.assert(
      fc.property(newestFirst, (blocks) => {
        const back = decodeSnapshot(encodeSnapshot(blocks, NOW));
        expect(back.map(({ key }) => key)).toEqual(blocks.map(({ key }) => key));
        for (const [index, { usedAt }] of back.entries()) {
          expect(usedAt).toBeLessThanOrEqual(blocks[index]!.usedAt);
          expect(usedAt).toBeGreaterThan(blocks[index]!.usedAt - 4);
        }
      }),
    );
  });

  test("has at most 64 KiB, of the newest blocks", () => {
    const blocks = Array.from({ length: MAX_SNAPSHOT_BLOCKS + 5 }, (_, index) => ({ key: index, usedAt: NOW - index }));
    const bytes = encodeSnapshot(blocks, NOW);
    expect(bytes.length).toBeLessThanOrEqual(64 * 1024 + 16);
    expect(decodeSnapshot(bytes).at(-1)?.key).toBe(MAX_SNAPSHOT_BLOCKS - 1);
  });

  test("of another version, or of other data, is read as empty", () => {
    const bytes = encodeSnapshot([{ key: 1, usedAt: NOW }], NOW);
    expect(decodeSnapshot(Buffer.concat([Buffer.from([2]), bytes.subarray(1)]))).toEqual([]);
    expect(decodeSnapshot(bytes.subarray(0, -1))).toEqual([]);
    void fc.assert(fc.property(fc.uint8Array(), (any) => decodeSnapshot(Buffer.from(any)).length >= 0));
  });
});
