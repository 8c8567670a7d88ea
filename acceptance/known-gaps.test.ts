import { describe, expect, test } from "vitest";
import { AMENDMENTS } from "./emulator-patches/table.ts";
import { ECHOES, EXCUSES } from "./known-gaps.ts";

const amendments = AMENDMENTS.flatMap((make) => make());

describe("excuses", () => {
  test("list every operation that the front door answers, or answers a part of, and no other", () => {
    const echoes = amendments.filter(({ echo }) => echo).map(({ service, operation }) => `${service} ${operation}`);
    expect(ECHOES.map(({ what }) => what).toSorted()).toEqual(echoes.toSorted());
  });

  test("say why, and what covers the gap instead", () => {
    for (const { what, why, coveredBy } of EXCUSES)
      expect(Math.min(why.length, coveredBy.length), what).toBeGreaterThan(10);
  });
});

describe("amendments", () => {
  test("each say what is wrong with an emulator, and no two are for one operation", () => {
    expect(amendments.filter(({ reason }) => reason.length < 20)).toEqual([]);
    const keys = amendments.map(({ service, operation }) => `${service} ${operation}`);
    expect(keys).toEqual([...new Set(keys)]);
  });

  test("that speak of giving back what an emulator forgot say so", () => {
    const reads = amendments.filter(({ operation }) => /^(Describe|Get|List)/.test(String(operation)));
    const silent = reads.filter(({ reason, echo }) => /forg[eo]t|gives back|front door keeps/.test(reason) && !echo);
    expect(silent.map(({ service, operation }) => `${service} ${operation}`)).toEqual([]);
  });
});
