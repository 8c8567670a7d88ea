import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SemanticIndex } from "./semantic-index.ts";

const vector = (...values: number[]) => new Float32Array(values);

function cosine(one: readonly number[], other: readonly number[]): number {
  const product = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, at) => sum + x * (b[at] ?? 0), 0);
  const lengths = Math.hypot(...one.map(Math.fround)) * Math.hypot(...other.map(Math.fround));
  return lengths === 0 ? 0 : product(one.map(Math.fround), other.map(Math.fround)) / lengths;
}

describe("the index of prompts", () => {
  test("finds the nearest of the same context, whatever the length of its vector", () => {
    const index = new SemanticIndex(10);
    index.add("a", vector(1, 0), "east");
    index.add("a", vector(10, 10), "north-east");
    index.add("b", vector(0, 1), "north");
    expect(index.nearest("a", vector(0.1, 2), 0.5)).toMatchObject({ key: "north-east" });
    expect(index.nearest("b", vector(0.1, 2), 0.5)).toMatchObject({ key: "north" });
    expect(index.nearest("c", vector(0, 1), 0.5)).toBeUndefined();
  });

  test("finds no prompt below the threshold", () => {
    const index = new SemanticIndex(10);
    index.add("a", vector(1, 1), "north-east");
    expect(index.nearest("a", vector(0, 1), 0.7)?.similarity).toBeCloseTo(Math.SQRT1_2, 5);
    expect(index.nearest("a", vector(0, 1), 0.71)).toBeUndefined();
  });

  test("takes no vector without a direction, and finds nothing for one", () => {
    const index = new SemanticIndex(10);
    index.add("a", vector(1, 0), "east");
    for (const [row, none] of [vector(Number.NaN, 1), vector(1e39, 1), vector(0, 0), vector()].entries()) {
      expect(index.nearest("a", none, 0.5)).toBeUndefined();
      index.add("a", none, `none ${row}`);
    }
    expect(index.size).toBe(1);
    expect(index.nearest("a", vector(0, 1), 0.5)).toBeUndefined();
    expect(index.nearest("a", vector(1, 0.1), 0.5)).toMatchObject({ key: "east" });
  });

  test("finds what a comparison with every whole vector finds", () => {
    const values = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 12, maxLength: 12 });
    const rows = fc.array(values, { minLength: 1, maxLength: 30 });
    void fc.assert(
      fc.property(rows, values, fc.double({ min: 0.5, max: 1, noNaN: true }), (known, noise, threshold) => {
        // Similar to one of them: a vector far from all differs in any part of it.
        const query = noise.map((value, at) => (known[0]?.[at] ?? 0) + value / 3);
        const index = new SemanticIndex(known.length);
        for (const [row, one] of known.entries()) index.add("a", vector(...one), String(row));
        const most = Math.max(...known.map((one) => cosine(one, query)));
        const found = index.nearest("a", vector(...query), threshold);
        // Where 32 bits decide, either is right.
        if (Math.abs(most - threshold) < 1e-4) return;
        if (most < threshold) expect(found).toBeUndefined();
        else expect(found?.similarity).toBeCloseTo(most, 4);
      }),
      { numRuns: 500 },
    );
  });

  test("has never more rows than its bound, and the newest are those that are left", () => {
    void fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 0, max: 60 }), (bound, added) => {
        const index = new SemanticIndex(bound);
        for (let row = 0; row < added; row++) index.add(`context ${row % 3}`, vector(1, row), `key ${row}`);
        expect(index.size).toBe(Math.min(bound, added));
        expect(index.bytes).toBeLessThanOrEqual(bound * (2 + 1) * 4);
        for (let row = 0; row < added; row++) {
          const found = index.nearest(`context ${row % 3}`, vector(1, row), 0.5);
          if (row >= added - bound) expect(found?.key).toBe(`key ${row}`);
          else expect(found?.key).not.toBe(`key ${row}`);
        }
      }),
    );
  });

  test("drops a prompt, and takes it again", () => {
    const index = new SemanticIndex(3);
    index.add("a", vector(1, 0), "east");
    index.forget("east");
    index.forget("never");
    expect(index.nearest("a", vector(1, 0), 0.5)).toBeUndefined();
    for (const key of ["one", "two", "three", "four"]) index.add("a", vector(1, 0), key);
    expect(index.size).toBe(3);
  });

  test("starts anew when vectors of another length come: the model is another one", () => {
    const index = new SemanticIndex(3);
    index.add("a", vector(1, 0), "east");
    expect(index.nearest("a", vector(1, 0, 0), 0.1)).toBeUndefined();
    index.add("a", vector(1, 0, 0), "x");
    expect(index.size).toBe(1);
    expect(index.nearest("a", vector(1, 0, 0), 0.5)).toMatchObject({ key: "x" });
  });
});
