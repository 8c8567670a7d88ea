import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PrefixIndex } from "./prefix-index.ts";

const keys = (...numbers: readonly number[]) => Float64Array.from(numbers);

function matchOf(index: PrefixIndex, blocks: Float64Array, replicas: number): number[] {
  const matched = new Int32Array(replicas);
  index.match(blocks, matched);
  return [...matched];
}

describe("the prefix index", () => {
  test("returns how many blocks from the first on each replica holds", () => {
    const index = new PrefixIndex();
    for (let replica = 0; replica < 4; replica++) index.add(100);
    index.use(0, keys(1, 2, 3), 1);
    index.use(1, keys(1, 2), 1);
    index.use(2, keys(2, 3), 1);
    expect(matchOf(index, keys(1, 2, 3, 4), 4)).toEqual([3, 2, 0, 0]);
  });

  test("works for more replicas than one word has bits", () => {
    const index = new PrefixIndex();
    for (let replica = 0; replica < 70; replica++) {
      index.add(100);
      index.use(replica, keys(1, ...(replica % 2 === 0 ? [2] : [])), 1);
    }
    expect(matchOf(index, keys(1, 2), 70)).toEqual(Array.from({ length: 70 }, (_, n) => 2 - (n % 2)));
  });

  test("of a prompt that is larger than a replica's share the beginning is stored", () => {
    const index = new PrefixIndex();
    index.add(3);
    index.use(0, keys(1, 2, 3, 4, 5), 1);
    expect(matchOf(index, keys(1, 2, 3, 4, 5), 1)).toEqual([3]);
  });

  test("the beginning of a prompt is evicted last", () => {
    const index = new PrefixIndex();
    index.add(4);
    index.use(0, keys(1, 2, 3), 1);
    index.use(0, keys(8, 9), 2);
    expect(matchOf(index, keys(1, 2, 3), 1)).toEqual([2]);
  });

  test("a removed replica is forgotten, and its number is used for the next one", () => {
    const index = new PrefixIndex();
    index.add(10);
    index.add(10);
    index.use(0, keys(1, 2), 1);
    index.use(1, keys(1), 1);
    index.remove(0);
    expect(matchOf(index, keys(1, 2), 2)).toEqual([0, 1]);
    expect(index.size).toBe(1);
    expect(index.add(10)).toBe(0);
    expect(matchOf(index, keys(1, 2), 2)).toEqual([0, 1]);
  });

  test("merged blocks are in the order of their use among its own", () => {
    const index = new PrefixIndex();
    index.add(4);
    index.use(0, keys(1), 10);
    index.use(0, keys(2), 30);
    index.merge(0, [
      { key: 3, usedAt: 40 },
      { key: 1, usedAt: 35 },
      { key: 4, usedAt: 20 },
      { key: 5, usedAt: 5 },
    ]);
    expect([...index.entriesOf(0)]).toEqual([
      { key: 3, usedAt: 40 },
      { key: 1, usedAt: 35 },
      { key: 2, usedAt: 30 },
      { key: 4, usedAt: 20 },
    ]);
  });

  const operation = fc.oneof(
    fc.record({
      kind: fc.constant("use" as const),
      replica: fc.nat(3),
      blocks: fc.array(fc.nat(30), { maxLength: 12 }),
    }),
    fc.record({ kind: fc.constant("clear" as const), replica: fc.nat(3), blocks: fc.constant([]) }),
    fc.record({ kind: fc.constant("shrink" as const), replica: fc.nat(3), blocks: fc.constant([]) }),
    fc.record({
      kind: fc.constant("merge" as const),
      replica: fc.nat(3),
      blocks: fc.array(fc.nat(30), { maxLength: 12 }),
    }),
  );

  test("never holds more than its bound, and always the longest prefix of each replica's blocks", () => {
    void fc.assert(
      fc.property(
        fc.array(operation, { maxLength: 60 }),
        fc.array(fc.nat(30), { maxLength: 12 }),
        (operations, queried) => {
          const index = new PrefixIndex();
          const bounds = [1, 5, 8, 20];
          for (const bound of bounds) index.add(bound);
          for (const [time, { kind, replica, blocks }] of operations.entries()) {
            if (kind === "use") index.use(replica, Float64Array.from(new Set(blocks)), time);
            else if (kind === "clear") index.clear(replica);
            else if (kind === "shrink") {
              bounds[replica] = Math.min(bounds[replica]!, 4);
              index.setCapacity(replica, bounds[replica]!);
            } else
              index.merge(
                replica,
                [...new Set(blocks)].map((key, at) => ({ key, usedAt: Math.max(0, time - at) })),
              );
          }
          const held = bounds.map((_, replica) => [...index.entriesOf(replica)]);
          for (const [replica, entries] of held.entries()) {
            expect(entries.length).toBeLessThanOrEqual(bounds[replica]!);
            expect(index.sizeOf(replica)).toBe(entries.length);
            expect(entries.map(({ usedAt }) => usedAt)).toEqual(
              entries.map(({ usedAt }) => usedAt).sort((a, b) => b - a),
            );
          }
          const sets = held.map((entries) => new Set(entries.map(({ key }) => key)));
          expect(index.size).toBe(new Set(sets.flatMap((set) => [...set])).size);
          const expected = sets.map((set) => {
            const missing = queried.findIndex((key) => !set.has(key));
            return missing < 0 ? queried.length : missing;
          });
          expect(matchOf(index, Float64Array.from(queried), 4)).toEqual(expected);
        },
      ),
    );
  });
});
