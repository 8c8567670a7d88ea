import { describe, expect, test } from "vitest";
import { EMULATOR_PATCHES } from "./emulator-patches/table.ts";
import { ECHOES, KNOWN_GAPS } from "./known-gaps.ts";

const patches = EMULATOR_PATCHES.flatMap((make) => make());

describe("known gaps", () => {
  test("list every operation to which the AWS proxy responds itself, wholly or in part, and no other", () => {
    const echoes = patches.filter(({ echo }) => echo).map(({ service, operation }) => `${service} ${operation}`);
    expect(ECHOES.map(({ what }) => what).toSorted()).toEqual(echoes.toSorted());
  });

  test("say why, and what covers the gap instead", () => {
    for (const { what, why, coveredBy } of KNOWN_GAPS)
      expect(Math.min(why.length, coveredBy.length), what).toBeGreaterThan(10);
  });
});

describe("patches", () => {
  test("each say what is wrong with an emulator, and no two are for one operation", () => {
    expect(patches.filter(({ reason }) => reason.length < 20)).toEqual([]);
    const keys = patches.map(({ service, operation }) => `${service} ${operation}`);
    expect(keys).toEqual([...new Set(keys)]);
  });

  test("that speak of giving back what an emulator forgot say so", () => {
    const reads = patches.filter(({ operation }) => /^(Describe|Get|List)/.test(String(operation)));
    const silent = reads.filter(({ reason, echo }) => /forg[eo]t|gives back|AWS proxy keeps/.test(reason) && !echo);
    expect(silent.map(({ service, operation }) => `${service} ${operation}`)).toEqual([]);
  });
});
