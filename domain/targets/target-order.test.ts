import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { byKey, bySmallest, byWeight, expectedLatency, type Named, RoundRobin } from "./target-order.ts";

function targets(weights: Readonly<Record<string, number>>): readonly Named<string>[] {
  return Object.entries(weights).map(([id, weight]) => ({
    id,
    target: id,
    standing: { weight, priority: 0, latencyMs: 0, inFlight: 0, costUsd: 0 },
  }));
}

const ids = (ordered: readonly Named<string>[]) => ordered.map(({ id }) => id);

/** A small generator with a seed, so that a figure below is the same in every run. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

function shares(firsts: readonly (string | undefined)[]): Record<string, number> {
  const counts = Map.groupBy(firsts, (id) => id ?? "none");
  return Object.fromEntries([...counts].map(([id, all]) => [id, all.length / firsts.length]));
}

const weights = fc.dictionary(fc.string({ minLength: 1, maxLength: 8 }), fc.nat(100), { minKeys: 1, maxKeys: 8 });

describe("the order of a route's targets", () => {
  // documented: canary-share
  test("by weight, a canary of 5 gets 5 of 100 requests", () => {
    const random = seeded(1);
    const firsts = Array.from({ length: 20_000 }, () => ids(byWeight(targets({ stable: 95, canary: 5 }), random))[0]);
    expect(shares(firsts).canary).toBeCloseTo(0.05, 2);
  });

  test("by key, users are spread by weight, and each stays at one target", () => {
    const split = targets({ a: 70, b: 30 });
    const firsts = Array.from({ length: 2000 }, (_, user) => ids(byKey(split, `user-${user}`))[0]);
    expect(shares(firsts).a).toBeCloseTo(0.7, 1);
    expect(firsts).toEqual(Array.from({ length: 2000 }, (_, user) => ids(byKey(split, `user-${user}`))[0]));
  });

  test("by key, removing a target moves no requests of other targets", () => {
    void fc.assert(
      fc.property(weights, fc.string(), (some, key) => {
        const all = targets(some);
        const ordered = ids(byKey(all, key));
        for (const left of ordered) {
          const rest = all.filter(({ id }) => id !== left);
          expect(ids(byKey(rest, key))).toEqual(ordered.filter((id) => id !== left));
        }
      }),
    );
  });

  test("every order holds each target once, and those of weight 0 last", () => {
    void fc.assert(
      fc.property(weights, fc.string(), fc.integer(), (some, key, seed) => {
        const all = targets(some);
        const random = seeded(seed);
        for (const ordered of [byKey(all, key), byWeight(all, random), new RoundRobin().order(all)]) {
          expect(ids(ordered).sort()).toEqual(ids(all).sort());
          const isZero = ordered.map(({ standing }) => standing.weight === 0);
          expect(isZero).toEqual(isZero.toSorted());
        }
      }),
    );
  });

  test("round robin gives each target its weight in every cycle, without bursts", () => {
    const robin = new RoundRobin();
    const row = Array.from({ length: 8 }, () => ids(robin.order(targets({ a: 2, b: 1, c: 1 })))[0]);
    expect(row).toEqual(["a", "b", "c", "a", "a", "b", "c", "a"]);
  });

  test("round robin continues when a target is removed or added", () => {
    const robin = new RoundRobin();
    robin.order(targets({ a: 1, b: 1 }));
    expect(ids(robin.order(targets({ b: 1 })))).toEqual(["b"]);
    const firsts = Array.from({ length: 30 }, () => ids(robin.order(targets({ a: 1, b: 1, c: 1 })))[0]);
    expect(shares(firsts)).toEqual({
      a: expect.closeTo(1 / 3, 1),
      b: expect.closeTo(1 / 3, 1),
      c: expect.closeTo(1 / 3, 1),
    });
  });

  test("the fastest is the one whose queue ends first", () => {
    const [near, far] = targets({ near: 1, far: 1 });
    const standing = (latencyMs: number, inFlight: number) => ({ ...near!.standing, latencyMs, inFlight });
    const both = [
      { ...near!, standing: standing(100, 5) },
      { ...far!, standing: standing(250, 0) },
    ];
    expect(ids(bySmallest(both, expectedLatency, seeded(1)))).toEqual(["far", "near"]);
  });

  test("targets of equal measure share by weight", () => {
    const random = seeded(2);
    const split = targets({ a: 1, b: 3 });
    const firsts = Array.from({ length: 4000 }, () => ids(bySmallest(split, ({ priority }) => priority, random))[0]);
    expect(shares(firsts).b).toBeCloseTo(0.75, 1);
  });
});
