import { describe, expect, test } from "vitest";
import { catalogInstanceType, INSTANCE_TYPE_IDS } from "../../catalog/instance-types.ts";
import { MODEL_IDS } from "../../catalog/models.ts";
import { REGION_IDS } from "../../catalog/regions.ts";
import { fitModel } from "../../domain/model-fit.ts";
import { environment } from "../../settings/environment-input.ts";
import { settingsList } from "../settings-list.ts";
import { resolveEnvironment, validateEnvironment } from "../validate.ts";

const smallest = environment({
  name: "dev",
  region: "eu-west-1",
  models: { "phi-3-mini": { model: "phi-3-mini-4k-instruct", instanceType: "g5.xlarge" } },
});
const valid = (data: unknown) => validateEnvironment(data, "environments/dev.ts");
const message = (data: unknown) => {
  try {
    valid(data);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return "";
};

describe("defaults of an environment", () => {
  // documented: smallest-environment
  test.each(REGION_IDS)("name, region and one model are a complete environment in %s", (region) => {
    const { zones, pools } = valid({ ...smallest, region });
    expect(zones).toHaveLength(2);
    expect(Object.keys(pools)).toEqual(["phi-3-mini"]);
  });

  test("what costs money or lets somebody in is off", () => {
    const resolved = valid(smallest);
    expect(resolved).toMatchObject({
      api: { auth: "required", domain: null, usagePlans: { standard: {} } },
      cache: { automatic: false },
      valkey: null,
      providers: {},
      ci: null,
      network: { natGateway: "when-needed" },
      deletionProtection: true,
    });
    expect(Object.keys(resolved.api.usagePlans)).toEqual(["standard"]);
    expect(resolved.pools["phi-3-mini"]).toMatchObject({ minInstances: 1, maxInstances: 2, warmPool: null });
  });

  const gpuTypes = INSTANCE_TYPE_IDS.filter((id) => catalogInstanceType(id).gpu !== undefined);
  test.each(MODEL_IDS)("%s has valid defaults on every instance type that holds it", (model) => {
    const holds = (id: (typeof gpuTypes)[number], tensorParallel: number) =>
      fitModel({ model, instanceType: id, tensorParallel, contextTokens: 4096 }).fits;
    const fitting = gpuTypes.filter((id) => [1, 2, 4, 8].some((gpus) => holds(id, gpus)));
    for (const instanceType of fitting)
      expect(message({ ...smallest, models: { m: { model, instanceType } } }), instanceType).toBe("");
    expect(fitting.length).toBeGreaterThan(0);
  });

  test("a large model takes all GPUs, the context that is left, and more time to start", () => {
    const models = { large: { model: "llama-3.3-70b-instruct", instanceType: "p4d.24xlarge" } };
    const pool = valid({ ...smallest, models }).pools.large!;
    expect(pool.tensorParallel).toBe(8);
    expect(pool.contextTokens).toBe(131_072);
    const onFour = { ...models.large, tensorParallel: 4 };
    const smaller = valid({ ...smallest, models: { large: onFour } }).pools.large!;
    expect([smaller.tensorParallel, smaller.contextTokens % 1024]).toEqual([4, 0]);
    expect(fitModel(smaller).fits).toBe(true);
    expect(fitModel({ ...smaller, contextTokens: smaller.contextTokens + 1024 }).fits).toBe(false);
    expect(pool.startupSeconds).toBe(900);
    expect(pool.volumeGiB).toBeGreaterThanOrEqual(75 + 132);
  });

  test("GPUs that one copy of the model leaves are of further copies, but for a mixture of experts", () => {
    const copies = (model: object) => {
      const { tensorParallel, replicasPerInstance } = valid({ ...smallest, models: { m: model } }).pools.m!;
      return [tensorParallel, replicasPerInstance];
    };
    const phi = { model: "phi-3-mini-4k-instruct", instanceType: "g5.12xlarge" };
    expect(copies(phi)).toEqual([4, 1]);
    expect(copies({ ...phi, tensorParallel: 1 })).toEqual([1, 4]);
    expect(copies({ ...phi, tensorParallel: 2 })).toEqual([2, 2]);
    expect(copies({ ...phi, tensorParallel: 1, replicasPerInstance: 2 })).toEqual([1, 2]);
    expect(copies({ model: "gpt-oss-20b", instanceType: "g6e.12xlarge", tensorParallel: 1 })).toEqual([1, 1]);
    expect(copies({ model: "qwen2.5-0.5b-instruct", instanceType: "g5.12xlarge" })).toEqual([2, 2]);
  });

  // documented: whole-response-time
  test("a slow model has more time for a whole response, no more than API Gateway is silent for with the wait, and gateways drain twice as long", () => {
    const limits = (file: object) => {
      const { api, gateways } = valid({ ...smallest, ...file });
      return [api.timeouts.totalSeconds, gateways.drainSeconds];
    };
    const on = (model: string, instanceType: string) => ({ models: { m: { model, instanceType } } });
    expect(limits(on("qwen3-0.6b", "g6e.xlarge"))).toEqual([30, 60]);
    expect(limits(on("llama-3.3-70b-instruct", "g6e.12xlarge"))).toEqual([70, 140]);
    const slow = {
      models: { m: { model: "phi-3-mini-4k-instruct", instanceType: "g4dn.xlarge", maxSequences: 1000 } },
    };
    expect(limits(slow)).toEqual([285, 570]);
    expect(limits({ ...slow, api: { queue: { wakeSeconds: 100 } } })).toEqual([200, 400]);
    expect(limits({ ...slow, api: { timeouts: { totalSeconds: 20 } } })).toEqual([20, 60]);
  });

  test("a setting of the file is never changed, and the rest of its section has defaults", () => {
    const data = { ...smallest, api: { queue: { waitSeconds: 3 } }, responses: null, site: { title: "Ours" } };
    const copy = structuredClone(data);
    const { environment: resolved, reasons } = resolveEnvironment(data, "environments/dev.ts");
    expect(data).toEqual(copy);
    expect(resolved.api.queue).toEqual({
      maxRequests: 200,
      maxBytes: 32_000_000,
      waitSeconds: 3,
      wakeSeconds: 10,
      maxShareOfTenant: 0.5,
    });
    expect([resolved.responses, resolved.site.title]).toEqual([null, "Ours"]);
    expect(reasons.has("api.queue.waitSeconds") || reasons.has("responses")).toBe(false);
    expect(reasons.has("api.queue.maxBytes")).toBe(true);
  });

  test("a cache that the file has is automatic; `null` is none", () => {
    const withCache = (cache: unknown) => valid({ ...smallest, cache }).cache;
    expect(withCache({ memoryMiB: 8 })).toEqual({
      ttlSeconds: 3600,
      routeTtlSeconds: {},
      memoryMiB: 8,
      semantic: null,
    });
    expect(withCache(null)).toBeNull();
  });

  test("requests without a key get a plan where they are let in, and a load balancer has none", () => {
    const plans = (api: object) => Object.keys(valid({ ...smallest, api }).api.usagePlans);
    expect(plans({ auth: "optional" })).toEqual(["anonymous", "standard"]);
    expect(plans({ entry: "alb", domain: { name: "api.example.com", hostedZoneId: "Z0123456789" } })).toEqual([]);
  });

  test("the bucket of states has the account's number, where it is named", () => {
    expect(valid(smallest).state.bucket).toBe("sluice-dev-eu-west-1-state");
    expect(valid({ ...smallest, account: "123456789012" }).state.bucket).toBe("sluice-dev-123456789012-state");
    expect(message({ ...smallest, account: "1234" })).toMatch(/account: must be the 12 digits of an AWS account/);
  });
});

describe("problems of a short file", () => {
  test("are reported under the name that the file uses", () => {
    const models = { m: { model: "phi-3-medium-4k-instruct", instanceType: "g5.xlarge" } };
    expect(message({ ...smallest, models })).toMatch(/^ {2}models\.m\.instanceType: must hold phi-3-medium/m);
    const { models: _, ...rest } = smallest;
    expect(message({ ...rest, pools: models })).toMatch(/^ {2}pools\.m\.instanceType: must hold phi-3-medium/m);
    expect(message(rest)).toMatch(/^ {2}models: must have at least one pool/m);
    expect(message({ ...smallest, pools: models })).toMatch(/models: is not a known setting/);
  });

  test("a wrong name is one problem, and not one more for each default that follows from it", () => {
    expect(message({ ...smallest, name: "My Env" })).toMatch(/has 1 problem:\n {2}name: must be 1 to 20/);
    const models = { m: { model: "phi-9", instanceType: "g5.xlarge" } };
    expect(message({ ...smallest, models })).toMatch(/has 1 problem:\n {2}models\.m\.model: must be one of/);
  });

  test.each([null, 7, [], "dev", { name: "dev" }, { ...smallest, api: 3 }, { ...smallest, models: { m: null } }])(
    "%j is refused with its problem",
    (data) => {
      expect(message(data)).toMatch(/^environments\/dev\.ts has \d+ problems?:\n {2}\S/);
    },
  );
});

test("the list of settings has every value once, and a reason for each that the file lacks", () => {
  const list = settingsList(resolveEnvironment(smallest, "environments/dev.ts"));
  const ofFile = list.filter(({ reason }) => reason === undefined).map(({ path }) => path);
  expect(ofFile).toEqual(["name", "region", "models.phi-3-mini.model", "models.phi-3-mini.instanceType"]);
  expect(new Set(list.map(({ path }) => path)).size).toBe(list.length);
  expect(list).toContainEqual({ path: "api.auth", value: "required", reason: "nobody gets in without a key" });
});
