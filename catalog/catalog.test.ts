import { describe, expect, test } from "vitest";
import { catalogInstanceType, INSTANCE_TYPE_IDS } from "./instance-types.ts";
import { refusalOfInstanceType } from "./instances/refused-types.ts";
import { instancePrice } from "./prices/region-prices.ts";

describe("catalogue", () => {
  test.each(INSTANCE_TYPE_IDS)("%s has a price with source and date", (id) => {
    const price = instancePrice("us-east-1", id);
    expect(price.usd).toBeGreaterThan(0);
    expect(price.source).not.toBe("");
    expect(price.date).toMatch(/^20\d\d-\d\d-\d\d$/);
  });

  test("every size of the GPU families is an instance type, and the GPUs are those of the family", () => {
    const sizes = (family: string) => INSTANCE_TYPE_IDS.filter((id) => id.startsWith(`${family}.`)).length;
    const families = [
      "g4dn",
      "g5",
      "g6",
      "gr6",
      "g6e",
      "g7e",
      "p4d",
      "p4de",
      "p5",
      "p5e",
      "p5en",
      "p6-b200",
      "p6-b300",
    ];
    expect(families.map(sizes)).toEqual([7, 8, 8, 2, 8, 6, 1, 1, 2, 1, 1, 1, 1]);
    for (const id of INSTANCE_TYPE_IDS) {
      const { gpu, localDiskGB, networkGbps } = catalogInstanceType(id);
      expect(gpu !== undefined, id).toBe(/^[gp]/.test(id));
      expect(localDiskGB !== undefined, id).toBe(gpu !== undefined);
      expect(networkGbps, id).toBeGreaterThan(0);
    }
  });

  test.each([
    ["g4dn.xlarge", 15.0],
    ["g5.xlarge", 22.49],
    ["g6.xlarge", 22.49],
    ["g6e.xlarge", 44.99],
    ["g7e.2xlarge", 95.59],
    ["p4d.24xlarge", 40],
    ["p5.4xlarge", 79.65],
    ["p5en.48xlarge", 140.4],
  ] as const)("a GPU of %s has %d GiB, as its driver reports it", (id, memoryGiB) => {
    expect(catalogInstanceType(id).gpu?.memoryGiB).toBeCloseTo(memoryGiB, 1);
  });

  test("families with other chips are refused with the reason, and none of them is an instance type", () => {
    expect(refusalOfInstanceType("inf2.48xlarge")).toMatch(/Inferentia or Trainium/);
    expect(refusalOfInstanceType("p3.2xlarge")).toMatch(/older than compute capability 7\.5/);
    expect(INSTANCE_TYPE_IDS.filter((id) => refusalOfInstanceType(id) !== undefined)).toEqual([]);
  });
});
