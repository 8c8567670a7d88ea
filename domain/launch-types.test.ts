import { describe, expect, test } from "vitest";
import { catalogInstanceType } from "../catalog/instance-types.ts";
import { type LaunchPool, launchTypes } from "./launch-types.ts";

const POOL: LaunchPool = {
  model: "phi-3-mini-4k-instruct",
  instanceType: "g5.xlarge",
  tensorParallel: 1,
  contextTokens: 4096,
  purchase: { option: "on-demand" },
};
const spot = (families: string[], pool: Partial<LaunchPool> = {}, overrides: LaunchPool["instanceType"][] = []) =>
  launchTypes({ ...POOL, ...pool, purchase: { option: "spot", onDemandBase: 0, overrides, families } });

describe("the types on which a pool may be launched", () => {
  test("are its own alone, but for Spot", () => {
    expect(launchTypes(POOL)).toEqual(["g5.xlarge"]);
    expect(spot([])).toEqual(["g5.xlarge"]);
  });

  // documented: spot-families
  test("of a family are those with as many GPUs that cost at most twice as much on demand, its own type first", () => {
    expect(spot(["g5", "g6"])).toEqual([
      "g5.xlarge",
      "g5.2xlarge",
      "g5.4xlarge",
      "g6.xlarge",
      "g6.2xlarge",
      "g6.4xlarge",
    ]);
    // g6.8xlarge would cost 2.0144, more than twice the 1.006 of g5.xlarge
  });

  test("with other types that the file names are each there once", () => {
    expect(spot(["g5"], {}, ["g6.xlarge", "g5.2xlarge"])).toEqual([
      "g5.xlarge",
      "g6.xlarge",
      "g5.2xlarge",
      "g5.4xlarge",
    ]);
  });

  test("hold the model, and compute in bfloat16 where the pool's own type does", () => {
    expect(spot(["g4dn"])).toEqual(["g5.xlarge"]);
    const large = { model: "llama-3.3-70b-instruct", instanceType: "g6e.12xlarge", tensorParallel: 4 } as const;
    const types = spot(["g5", "g6e", "p4d"], large);
    expect(types.length).toBeGreaterThan(1);
    for (const type of types) expect([type, catalogInstanceType(type).gpu?.count]).toEqual([type, 4]);
    expect(types.filter((type) => type.startsWith("g5."))).toEqual([]); // 4 GPUs of 22 GiB are too small
  });
});
