import fc from "fast-check";
import { expect, test } from "vitest";
import { rendezvousSeed, rendezvousWeight } from "./rendezvous.ts";

function best(key: number, ids: readonly string[]): string | undefined {
  return [...ids].sort(
    (a, b) => rendezvousWeight(key, rendezvousSeed(b)) - rendezvousWeight(key, rendezvousSeed(a)),
  )[0];
}

const IDS = Array.from({ length: 8 }, (_, index) => `i-${index}:8000`);

test("the loss of one replica moves only the keys that it had", () => {
  void fc.assert(
    fc.property(fc.nat(2 ** 48 - 1), fc.constantFrom(...IDS), (key, lost) => {
      const before = best(key, IDS);
      const after = best(
        key,
        IDS.filter((id) => id !== lost),
      );
      return before === lost || after === before;
    }),
  );
});

test("the order in which replicas are listed does not matter", () => {
  void fc.assert(fc.property(fc.nat(2 ** 48 - 1), (key) => best(key, IDS) === best(key, [...IDS].reverse())));
});

test("keys are spread evenly", () => {
  const counts = new Map<string, number>();
  for (let key = 0; key < 8000; key++) {
    const id = best(key * 2 ** 30, IDS) ?? "";
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  for (const id of IDS) {
    expect(counts.get(id)).toBeGreaterThan(850);
    expect(counts.get(id)).toBeLessThan(1150);
  }
});
