import { describe, expect, test } from "vitest";
import { REGION_IDS } from "../../catalog/regions.ts";
import { loadEnvironment } from "../../environments/load.ts";
import { OUTSIDE_PROVIDER } from "../../test-support/outside-provider.ts";
import { COST_TYPES, itemCost } from "./cost-item.ts";
import { forecast, itemsOfOtherRegions } from "./forecast.ts";
import { DEFAULT_USAGE } from "./usage.ts";

const dev = await loadEnvironment("dev");
const prod = await loadEnvironment("prod");
const rowOf = (result: ReturnType<typeof forecast>, type: string) => result.byType.find((row) => row.type === type);

test("a volume's throughput costs above what its size includes", () => {
  const items = (volumeMiBPerSecond: number) => {
    const pools = Object.fromEntries(
      Object.entries(dev.pools).map(([name, pool]) => [name, { ...pool, volumeMiBPerSecond }]),
    );
    return forecast({ ...dev, pools }, DEFAULT_USAGE).items.filter(({ what }) =>
      /^throughput of the volumes/.test(what),
    );
  };
  expect(items(125)).toEqual([]);
  expect(items(500).map(({ quantity, price }) => quantity * price.usd)).toEqual([15]);
});

test("load balancers' access logs cost a file for each node and five minutes, and their storage for the days of the setting", () => {
  const items = (loadBalancerLogDays: number | null) =>
    forecast({ ...dev, loadBalancerLogDays }, DEFAULT_USAGE).items.filter(({ what }) => /access logs/.test(what));
  expect(items(null)).toEqual([]);
  const [storage, writes] = items(365);
  expect(writes?.quantity).toBe(12 * 730 * dev.zones.length);
  expect(storage?.quantity).toBeCloseTo(12 * 0.01, 3); // 100,000 requests of 100 bytes a month
});

test("token exchanges cost some cents a month, and nothing without a policy", () => {
  const policy = { name: "a", issuer: "https://a.example", audience: "a", claims: { sub: "a" } };
  const cost = (workloads: readonly (typeof policy)[]) =>
    forecast({ ...dev, identity: { workloads } }, DEFAULT_USAGE)
      .items.filter(({ what }) => /token exchanges/.test(what))
      .map((item) => itemCost(item));
  expect(cost([])).toEqual([]);
  const dollars = cost([policy]).reduce((sum, each) => sum + each, 0);
  expect(dollars).toBeGreaterThan(0.03);
  expect(dollars).toBeLessThan(0.1);
});

test("the control API's function is paid for a run each minute, each with one read, where there is a control API", () => {
  const runs = (controlApi: boolean) =>
    forecast({ ...dev, api: { ...dev.api, controlApi } }, DEFAULT_USAGE).items.flatMap(({ what, quantity }) =>
      /scheduled runs/.test(what) ? [[what, quantity]] : [],
    );
  expect(runs(true)).toEqual([
    ["scheduled runs of the control API", 43_800],
    ["time of the control API's scheduled runs", expect.closeTo(547.5)], // 0.05 s at 0.25 GB
    ["reads of the control API's scheduled runs", 43_800],
  ]);
  expect(runs(false)).toEqual([]);
});

test("sharing the costs of pools has writes for each key and hour and reads of each file, and no cost where no pool's is amortised", () => {
  const items = (cost: "none" | "amortised", requestsPerMonth: number) => {
    const pools = Object.fromEntries(Object.entries(dev.pools).map(([name, pool]) => [name, { ...pool, cost }]));
    const usage = { ...DEFAULT_USAGE, requestsPerMonth };
    return forecast({ ...dev, pools }, usage).items.filter(({ what }) =>
      /cost(s|s') of pools|of pools' costs/.test(what),
    );
  };
  expect(items("none", 100_000)).toEqual([]);
  expect(items("amortised", 100_000).map(({ what, quantity }) => [what, quantity])).toEqual([
    ["shares of pools' costs", 7300 * 24 + 730 * 4],
    ["reads for shares of pools' costs", 2 * 87_600], // a file of 30 seconds each
    ["costs of pools read", 730],
  ]);
  expect(items("amortised", 100).map(({ quantity }) => quantity)).toEqual([100 * 24 + 730 * 4, 200, 730]);
});

test("held files of batches cost their space a second time", () => {
  const items = (heldShare: number) =>
    forecast(prod, { ...DEFAULT_USAGE, heldShare }).items.filter(({ what }) =>
      /files of batches|held files/.test(what),
    );
  expect(items(0).map(({ what }) => what)).toEqual(["files of batches"]);
  const [copies, writes, files] = items(0.5);
  expect(copies?.quantity).toBeCloseTo((files?.quantity ?? 0) / 2, 9);
  expect(copies?.price).toEqual(files?.price);
  expect(writes?.quantity).toBe(200); // half of the 400 writes for 10,000 requests of batches
});

// documented: last-uses-forecast
test("last uses of keys cost a write for each key and minute, and not more than one for each request", () => {
  const writes = (requestsPerMonth: number, api: Partial<typeof dev.api> = {}) =>
    forecast({ ...dev, api: { ...dev.api, ...api } }, { ...DEFAULT_USAGE, requestsPerMonth })
      .items.filter(({ what }) => /^last uses/.test(what))
      .map(({ what, quantity }) => [what, quantity]);
  expect(writes(1000)).toEqual([["last uses of keys", 1000]]);
  expect(writes(10_000_000)).toEqual([["last uses of keys", 438_000]]);
  expect(writes(1000, { auth: "off" })).toEqual([]);
  expect(writes(1000, { controlApi: true })).toContainEqual(["last uses of admin keys", 10_000]);
});

test("a pool on Spot has the range of the prices of the types that AWS may launch", () => {
  const purchase = { option: "spot", onDemandBase: 0, overrides: [], families: ["g5", "g6"] } as const;
  const pools = Object.fromEntries(Object.entries(dev.pools).map(([name, pool]) => [name, { ...pool, purchase }]));
  expect(forecast({ ...dev, pools }, DEFAULT_USAGE).spot).toEqual([
    { pool: "phi-3-mini", types: 6, cheapest: 0.8048, dearest: 1.624 },
  ]);
  expect(forecast(dev, DEFAULT_USAGE).spot).toEqual([]);
});

describe("the GPU instances of a pool on Spot", () => {
  const spot = (onDemandBase: number, families: readonly ("g5" | "g6")[]) => {
    const purchase = { option: "spot", onDemandBase, overrides: [], families } as const;
    const pool = { ...dev.pools["phi-3-mini"]!, purchase, minInstances: 1, maxInstances: 2 };
    return rowOf(forecast({ ...dev, pools: { "phi-3-mini": pool } }, DEFAULT_USAGE), "GPU instances");
  };

  // documented: spot-families-priced
  test("are of the cheapest type that AWS may launch in the minimum, of the dearest in the maximum, else of the pool's own", () => {
    const row = spot(0, ["g5", "g6"]);
    expect(row?.minimum).toBeCloseTo(730 * 0.8048, 2); // g6.xlarge
    expect(row?.expected).toBeCloseTo(730 * 1.25 * 1.006, 2); // g5.xlarge
    expect(row?.maximum).toBeCloseTo(2 * 730 * 1.624, 2); // g5.4xlarge
  });

  test("are of the pool's own type where all of them are on demand", () => {
    expect(spot(1, ["g5", "g6"])?.minimum).toBeCloseTo(730 * 1.006, 2);
    expect(spot(2, ["g5", "g6"])?.maximum).toBeCloseTo(2 * 730 * 1.006, 2);
  });

  test("have one price where no other type may be launched", () => {
    expect(spot(0, [])).toEqual(rowOf(forecast(dev, DEFAULT_USAGE), "GPU instances"));
  });
});

describe("the forecast", () => {
  const result = forecast(dev, DEFAULT_USAGE);

  // documented: cost-by-type
  test("has a row for every type, and rows that add up to the total", () => {
    expect(result.byType.map(({ type }) => type)).toEqual(COST_TYPES);
    for (const scenario of ["minimum", "expected", "maximum"] as const) {
      const sum = result.byType.reduce((total, row) => total + row[scenario], 0);
      expect(sum).toBeCloseTo(result.total[scenario], 6);
    }
  });

  // documented: cost-items-have-sources
  test("every item is named once, has a cost and the source of its price", () => {
    const { items } = forecast(prod, DEFAULT_USAGE);
    expect(new Set(items.map(({ what }) => what)).size).toBe(items.length);
    for (const item of items) {
      expect(itemCost(item), item.what).toBeGreaterThan(0);
      expect(item.price.source, item.what).not.toBe("");
    }
  });

  test("dev's platform without GPUs stays under 75 dollars a month", () => {
    expect(result.platform.expected).toBeLessThan(75);
  });

  test("the platform's cost equals that of dev without pools", () => {
    const { total, items } = forecast({ ...dev, pools: {} }, DEFAULT_USAGE);
    expect(total.expected).toBeLessThan(75);
    expect(items.filter(({ forEngines }) => forEngines)).toEqual([]);
    // The weights in the bucket and the reads of the pool's metrics are removed too.
    expect(total.expected).toBeLessThanOrEqual(result.platform.expected);
    expect(total.expected).toBeGreaterThan(result.platform.expected - 1);
  });

  test("the platform is everything except the items that only engines need", () => {
    const engines = result.items.filter(({ forEngines }) => forEngines).map(({ what }) => what);
    expect(engines).toEqual([
      "g5.xlarge, pool phi-3-mini",
      "volumes of pool phi-3-mini",
      "interface endpoints of engines",
      "metrics of pool phi-3-mini",
      "alarms of pool phi-3-mini",
    ]);
  });

  test("a provider outside AWS costs a NAT gateway with its address and the data through it, and nothing else does", () => {
    expect(rowOf(result, "NAT gateways")?.maximum).toBe(0);
    const outside = forecast({ ...dev, providers: { example: OUTSIDE_PROVIDER } }, DEFAULT_USAGE);
    const { items } = outside;
    expect(items.filter(({ type }) => type === "NAT gateways").map((item) => [item.what, itemCost(item)])).toEqual([
      ["NAT gateways", expect.closeTo(32.85, 2)],
      ["their public addresses", expect.closeTo(3.65, 2)],
      ["data through NAT", expect.closeTo(0.2439, 4)], // 5.42 GB at 0.045
    ]);
  });

  test("one g5.xlarge at least and two at most are 734.38 and 1468.76 dollars", () => {
    const gpus = rowOf(result, "GPU instances");
    expect(gpus?.minimum).toBeCloseTo(734.38, 2);
    expect(gpus?.maximum).toBeCloseTo(1468.76, 2);
    expect(gpus?.expected).toBeCloseTo(734.38 * 1.25, 2);
  });

  test("usage changes the items that are paid by volume and no others", () => {
    const busy = forecast(dev, { ...DEFAULT_USAGE, requestsPerMonth: 10_000_000 });
    expect(rowOf(busy, "API Gateway")?.expected).toBeCloseTo(35, 6);
    expect(rowOf(busy, "WAF")?.expected).toBeCloseTo(12, 6);
    for (const type of ["GPU instances", "Gateways", "EBS volumes", "KMS"])
      expect(rowOf(busy, type)?.maximum).toBeCloseTo(rowOf(result, type)?.maximum ?? Number.NaN, 0);
  });

  test("a stopped instance of a warm pool costs its volume, not its hours", () => {
    const pool = { ...dev.pools["phi-3-mini"]!, warmPool: { minInstances: 1, maxPrepared: 3 } };
    const warm = forecast({ ...dev, pools: { "phi-3-mini": pool } }, DEFAULT_USAGE);
    expect(rowOf(warm, "GPU instances")).toEqual(rowOf(result, "GPU instances"));
    const volumes = (rowOf(warm, "EBS volumes")?.minimum ?? 0) - (rowOf(result, "EBS volumes")?.minimum ?? 0);
    expect(volumes).toBeCloseTo(2 * pool.volumeGiB * 0.08, 6);
  });

  test("without authorization no Lambda is paid for each request", () => {
    const off = forecast({ ...dev, api: { auth: "off" } }, { ...DEFAULT_USAGE, requestsPerMonth: 1e6 });
    expect(off.items.map(({ what }) => what)).not.toContain("authorizations");
  });

  test("the polls of idle gateways grow with their threads, stored responses and batches with the callers", () => {
    const costs = (environment: typeof dev, requestsPerMonth = 100_000) =>
      Object.fromEntries(
        forecast(environment, { ...DEFAULT_USAGE, requestsPerMonth }).items.map((item) => [item.what, itemCost(item)]),
      );
    const [once, twice, busy] = [
      costs(dev),
      costs({ ...dev, gateways: { ...dev.gateways, threads: 2 } }),
      costs(dev, 1e6),
    ];
    expect(once["looks for changed routes"]).toBeCloseTo(0.16, 2);
    expect(once["looks for batches"]).toBeCloseTo(0.07, 2);
    for (const what of ["looks for changed routes", "looks for batches"])
      expect(twice[what]).toBeCloseTo(2 * (once[what] ?? 0), 6);
    for (const what of ["stored responses", "work on batches", "files of batches", "writes of batches' files"])
      expect(busy[what], what).toBeCloseTo(10 * (once[what] ?? 0), 6);
    const without = costs({ ...dev, responses: null, batches: null });
    expect(Object.keys(without).filter((what) => /batches|stored responses/.test(what))).toEqual([]);
  });

  test("has the cost of NAT instead of the endpoints", () => {
    expect(result.accessToAws.interfaceEndpoints).toBeCloseTo(36.5, 1);
    expect(result.accessToAws.natGateways).toBeCloseTo(730 * (0.045 + 0.005), 1);
  });

  test.each(REGION_IDS)("every item has a price in %s, and those of us-east-1 are marked", (region) => {
    const there = forecast({ ...dev, region }, DEFAULT_USAGE);
    expect(there.items.map(({ what }) => what)).toEqual(result.items.map(({ what }) => what));
    const others = itemsOfOtherRegions(there);
    expect(others.every(({ price }) => price.ofRegion === "us-east-1")).toBe(true);
    expect(others.length > 0).toBe(region !== "us-east-1");
    // The region's own: instances, which are nearly all of the month.
    expect(others.map(({ type }) => type)).not.toContain("GPU instances");
    expect(others.map(({ type }) => type)).not.toContain("Gateways");
  });

  // documented: other-region-factor
  test("a price of us-east-1 in another region counts 1.6 times in the maximum, and once in minimum and expected", () => {
    const there = forecast({ ...dev, region: "eu-west-1" }, DEFAULT_USAGE);
    for (const type of ["Load balancer", "Interface endpoints", "KMS"]) {
      const [own, other] = [rowOf(result, type), rowOf(there, type)];
      expect(other?.minimum, type).toBe(own?.minimum);
      expect(other?.expected, type).toBe(own?.expected);
      expect(other?.maximum, type).toBeCloseTo(1.6 * (own?.maximum ?? 0), 6);
    }
    expect(rowOf(there, "GPU instances")?.maximum).toBeCloseTo(2 * 730 * 1.123, 2); // the region's own price
  });

  test("GPU hours are at the region's own price: a g5.xlarge is 1.123 dollars an hour in eu-west-1", () => {
    const there = forecast({ ...dev, region: "eu-west-1" }, DEFAULT_USAGE);
    expect(rowOf(there, "GPU instances")?.minimum).toBeCloseTo(730 * 1.123, 2);
  });
});
