import { describe, expect, test } from "vitest";
import { EMULATOR_PATCHES } from "./emulator-patches/table.ts";
import { ECHOES, KNOWN_GAPS } from "./known-gaps.ts";

const patches = EMULATOR_PATCHES.flatMap((make) => make());

describe("known gaps", () => {
  test("list every operation to which the AWS proxy responds itself, wholly or in part, and no other", () => {
    const echoes = patches.filter(({ echo }) => echo).map(({ service, operation }) => `${service} ${operation}`);
    expect(ECHOES.map(({ what }) => what).toSorted()).toEqual(echoes.toSorted());
  });

  test("have a reason, and the tests that cover them instead", () => {
    for (const { what, why, coveredBy } of KNOWN_GAPS)
      expect(Math.min(why.length, coveredBy.length), what).toBeGreaterThan(10);
  });
});

describe("patches", () => {
  test("each have the emulator's fault as reason, and no two are for one operation", () => {
    expect(patches.filter(({ reason }) => reason.length < 20)).toEqual([]);
    const keys = patches.map(({ service, operation }) => `${service} ${operation}`);
    expect(keys).toEqual([...new Set(keys)]);
  });

  test("that restore what an emulator forgot are marked as an echo", () => {
    const reads = patches.filter(({ operation }) => /^(Describe|Get|List)/.test(String(operation)));
    const silent = reads.filter(({ reason, echo }) => /forg[eo]t|restores|AWS proxy stores/.test(reason) && !echo);
    expect(silent.map(({ service, operation }) => `${service} ${operation}`)).toEqual([]);
  });
});
