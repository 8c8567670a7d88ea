import { describe, expect, test } from "vitest";
import { loadEnvironment } from "../../environments/load.ts";
import type { PoolSettings } from "../../settings/environment.ts";
import { vcpuNeeds } from "./vcpu-needs.ts";

const dev = await loadEnvironment("dev");
const base = dev.pools["phi-3-mini"]!;
const needs = (...pools: readonly Partial<PoolSettings>[]) =>
  vcpuNeeds({
    gateways: dev.gateways,
    pools: Object.fromEntries(pools.map((pool, index) => [`p${index}`, { ...base, ...pool }])),
  })
    .filter(({ family }) => family !== "Standard")
    .map(({ users: _, ...need }) => need);

describe("vCPUs that the pools need", () => {
  test("on demand, pools of a family add up; g5.xlarge has 4, p4d.24xlarge 96", () => {
    const found = needs(
      { minInstances: 1, maxInstances: 2 },
      { minInstances: 2, maxInstances: 8 },
      { instanceType: "p4d.24xlarge", minInstances: 1, maxInstances: 2 },
    );
    expect(found).toEqual([
      { code: "L-DB2E81BA", family: "G", min: 12, replacing: 24, max: 40 },
      { code: "L-417A185B", family: "P", min: 96, replacing: 192, max: 192 },
    ]);
  });

  test("a warm pool starts its instances once, and old instances first need no more than there are", () => {
    const p4d = { instanceType: "p4d.24xlarge", minInstances: 1, maxInstances: 1 } as const;
    expect(needs({ ...p4d, warmPool: { minInstances: 1, maxPrepared: 1 }, replacement: "old-first" })).toEqual([
      { code: "L-417A185B", family: "P", min: 192, replacing: 96, max: 96 },
    ]);
  });

  test("on Spot only the base is on demand, and the largest alternative type counts", () => {
    const purchase = { option: "spot", onDemandBase: 1, overrides: ["g6.xlarge", "g5.2xlarge"] } as const;
    expect(
      needs({ purchase: { ...purchase, overrides: [...purchase.overrides] }, minInstances: 1, maxInstances: 4 }),
    ).toEqual([
      { code: "L-DB2E81BA", family: "G", min: 8, replacing: 8, max: 8 },
      { code: "L-3819A6DF", family: "G Spot", min: 0, replacing: 8, max: 24 },
    ]);
  });

  test("on Spot of families the largest type that AWS may launch counts", () => {
    const purchase: PoolSettings["purchase"] = {
      option: "spot",
      onDemandBase: 0,
      overrides: [],
      families: ["g5", "g6"],
    };
    expect(needs({ purchase, minInstances: 1, maxInstances: 2 })).toEqual([
      { code: "L-3819A6DF", family: "G Spot", min: 16, replacing: 32, max: 32 }, // g5.4xlarge
    ]);
  });

  test("P4 and P5 have Spot quotas of their own", () => {
    const block: PoolSettings["purchase"] = { option: "capacity-block", reservationId: "cr-0123456789abcdef0" };
    expect(needs({ instanceType: "p5.48xlarge", purchase: block, minInstances: 1, maxInstances: 1 })).toEqual([]);
    const purchase: PoolSettings["purchase"] = { option: "spot", onDemandBase: 0, overrides: ["p5.48xlarge"] };
    const found = needs({ instanceType: "p4d.24xlarge", purchase, minInstances: 1, maxInstances: 1 });
    expect(found.map(({ family, max }) => [family, max])).toEqual([
      ["P4 Spot", 96],
      ["P5 Spot", 192],
    ]);
  });

  test("gateways have the quota of standard types, twice their fewest while they are replaced; a pool without GPU adds to it", () => {
    const gateways = { ...dev.gateways, instanceType: "t4g.small", minInstances: 2, maxInstances: 3 } as const;
    const standard = { code: "L-1216C47A", family: "Standard", users: "the gateways", min: 4, replacing: 8, max: 6 };
    expect(vcpuNeeds({ gateways, pools: dev.pools })[0]).toEqual(standard);
    const pool = {
      ...base,
      instanceType: "c7i.4xlarge",
      minInstances: 1,
      maxInstances: 2,
      replacement: "old-first",
    } as const;
    expect(vcpuNeeds({ gateways, pools: { cpu: pool } })).toEqual([
      { ...standard, users: "the gateways and the Standard pools", min: 4 + 16, replacing: 8 + 16, max: 6 + 32 },
    ]);
  });
});
