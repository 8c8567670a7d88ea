import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { OUTSIDE_PROVIDER } from "../test-support/outside-provider.ts";
import { environmentNames, loadEnvironment } from "./load.ts";
import { EnvironmentError } from "./problem.ts";
import { validateEnvironment } from "./validate.ts";

const dev = await loadEnvironment("dev");

type Json = { [key: string]: Json } | Json[] | string | number | boolean | null | undefined;

/** A copy of dev with one value replaced; `undefined` removes it. */
function devWith(path: string, value: Json): unknown {
  const copy = structuredClone(dev) as unknown as Record<string, Record<string, unknown>>;
  const parts = path.split("/");
  const last = parts.pop()!;
  let parent: Record<string, unknown> = copy;
  for (const part of parts) parent = parent[part] as Record<string, unknown>;
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return copy;
}

function problemsOf(data: unknown): EnvironmentError {
  try {
    validateEnvironment(data, "environments/dev.ts");
  } catch (error) {
    if (error instanceof EnvironmentError) return error;
    throw error;
  }
  throw new Error("no problem was found");
}

function message(data: unknown): string {
  try {
    validateEnvironment(data, "environments/dev.ts");
    return "";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const ROUTE = { policy: "weighted", sticky: "none", fallbacks: [], failoverAfterSeconds: 5, hedgeAfterMs: null };

describe("environment files", () => {
  test("every file of the folder is a valid environment of its own name", async () => {
    expect(environmentNames()).toEqual(expect.arrayContaining(["dev", "prod"]));
    for (const name of environmentNames()) expect((await loadEnvironment(name)).name).toBe(name);
  });

  test("an unknown name is refused with the known ones", async () => {
    await expect(loadEnvironment("staging")).rejects.toThrow(
      /no environment "staging"; known are dev, prod\. Add environments\/staging\.ts/,
    );
  });

  test("a file in another folder is read by its path, and its name must be the file's name", async () => {
    const folder = mkdtempSync(join(tmpdir(), "sluice-environments-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    for (const name of ["dev", "staging"])
      writeFileSync(join(folder, `${name}.ts`), `export default ${JSON.stringify({ ...dev, zones: ["a", "c"] })};`);
    expect((await loadEnvironment(join(folder, "dev.ts"))).zones).toEqual(["a", "c"]);
    await expect(loadEnvironment(join(folder, "staging.ts"))).rejects.toThrow(
      /staging\.ts: name must be the file's name, got "dev"; write name: "staging"\./,
    );
    await expect(loadEnvironment(join(folder, "prod.ts"))).rejects.toThrow(
      /There is no file .*prod\.ts; name an environment of environments\/, or the path of its file\./,
    );
  });

  test("a misspelt setting is refused by its full path", () => {
    expect(problemsOf(devWith("api/authh", "off")).message).toMatch(/api\.authh: is not a known setting, got "off"/);
  });

  test("all problems are listed at once, those of nested settings too", () => {
    const data = devWith("api/requestsPerMinutePerIp", 5) as Record<string, unknown>;
    Object.assign(data, { region: "mars-1", surprise: 1 });
    expect(problemsOf(data).problems.map((problem) => problem.path)).toEqual([
      "region",
      "api.requestsPerMinutePerIp",
      "surprise",
    ]);
  });

  test.each([
    ["region", "mars-1", /region: must be one of us-east-1, .*got "mars-1"; correct the value/],
    ["api/requestsPerMinutePerIp", 5, /api\.requestsPerMinutePerIp: must be at least 10, got 5/],
    ["pools/phi-3-mini/minInstances", 0, /pools\.phi-3-mini\.minInstances: must be at least 1, got 0/],
    ["pools/phi-3-mini/image", "latest", /must be an AMI id .* got "latest"/],
    ["region", undefined, /region: must be one of us-east-1, .*, got nothing; add it/],
    ["network/cidr", "10.0.0.0/24", /network\.cidr: must be a \/16.* got "10\.0\.0\.0\/24"/],
    ["zones", ["a", "a"], /zones: must not repeat a zone/],
    ["region", "eu-west-1", undefined],
    ["pools/phi-3-mini/minInstances", 3, /must not exceed maxInstances \(3 > 2\).*raise maxInstances/],
    ["pools/phi-3-mini/contextTokens", 8192, /must not exceed the 4096 tokens of phi-3-mini-4k-instruct/],
    ["gateways/instanceType", "g5.xlarge", /must be an arm64 type/],
    [
      "pools/phi-3-mini/instanceType",
      "inf2.xlarge",
      /instanceType: inf2\.xlarge has AWS's Inferentia or Trainium chips: .*vLLM for NVIDIA GPUs alone, got "inf2\.xlarge"/,
    ],
    ["pools/phi-3-mini/instanceType", "trn2.48xlarge", /trn2\.48xlarge has AWS's Inferentia or Trainium chips/],
    ["pools/phi-3-mini/instanceType", "g6f.xlarge", /g6f\.xlarge has a part of a GPU/],
    [
      "pools/phi-3-mini/instanceType",
      "m5.large",
      /must be an instance type of the catalogue, of the families t4g, c7g, c7i, g4dn, g5, g6, gr6, g6e, g7e, p4d, p4de, p5, p5e, p5en, p6-b200, p6-b300, got "m5\.large"/,
    ],
    ["pools/phi-3-mini/instanceType", "g7e.2xlarge", undefined],
    [
      "pools/phi-3-mini/model",
      "gpt-oss-21b",
      /model: must be one of the catalogue's models, such as gpt-oss-20b, gpt-oss-120b, got "gpt-oss-21b"/,
    ],
    ["pools/phi-3-mini/model", "claude", /must be one of the catalogue's models, which are \d+: catalog\/models\//],
    ["pools/phi-3-mini/weights", { s3: "s3://team-models/support/1" }, undefined],
    ["pools/phi-3-mini/weights", { s3: "s3://team-models" }, /weights\.s3: must be s3:\/\/bucket\/folder, of letters/],
    ["pools/phi-3-mini/weights", { s3: "s3://team-models/a/../b" }, /weights\.s3: must be s3:\/\/bucket\/folder/],
    ["pools/phi-3-mini/weights", { s3: "s3://team-models/support/" }, /without \/ at the end/],
    [
      "pools/phi-3-mini/weights",
      { s3: "s3://team-models/support/1", kmsKeyArn: "arn:aws:kms:us-east-1:123456789012:alias/own" },
      /weights\.kmsKeyArn: must be a key's ARN \(arn:aws:kms:…:key\/…\), not an alias/,
    ],
    [
      "pools/phi-3-mini/weights",
      { s3: "s3://team-models/support/1", kmsKeyArn: "arn:aws:kms:eu-west-1:123456789012:key/0a" },
      /weights\.kmsKeyArn: must be a key of us-east-1: engines reach S3 .* copy the weights to a bucket in us-east-1/,
    ],
    ["pools/phi-3-mini/tensorParallel", 3, /tensorParallel 3 needs 3 GPUs/],
    [
      "api/stage",
      "v1",
      /api\.stage: must not be the first part of a path of the API \(v1, .*got "v1"; use another name/,
    ],
    ["api/stage", "admin", /api\.stage: must not be the first part/],
    ["api/stage", "health", /api\.stage: must not be the first part/],
    ["api/stage", "tokenize", /api\.stage: must not be the first part/],
    ["api/stage", "v2", undefined],
    ["api/usagePlans", {}, /must name at least one plan when auth is optional/],
    ["api/usagePlans/anonymous", undefined, /requests without a key use it, got nothing/],
    ["site/defaults/maxTokens", 4096, /must be below the smallest context of the pools \(4096\)/],
    ["pools", {}, /pools: must have at least one pool/],
    ["api/timeouts/firstByteSeconds", 301, /must not exceed 300 s/],
    ["api/requestsPerMinutePerIpWithKey", 1000, undefined],
    [
      "api/requestsPerMinutePerIpWithKey",
      100,
      /api\.requestsPerMinutePerIpWithKey: must be more than requestsPerMinutePerIp \(100\)/,
    ],
    ["api/timeouts/idleSeconds", 300, undefined],
    [
      "api/routeTimeouts",
      { "/v1/embeddings": { totalSeconds: 600 } },
      /api\.routeTimeouts\.\/v1\/embeddings\.totalSeconds: must not exceed 300 s: API Gateway ends a response that is silent/,
    ],
    [
      "api/routeTimeouts",
      { "/v1/completions": { totalSeconds: 295 } },
      /api\.queue: must leave API Gateway's 300 s of silence: the longest wait and the longest call are 310 s together/,
    ],
    ["api/routeTimeouts", { "/v1/completions": { idleSeconds: 295 } }, undefined],
    ["pools/phi-3-mini/volumeGiB", 75, undefined],
    ["pools/phi-3-mini/volumeGiB", 60, /pools\.phi-3-mini\.volumeGiB: must be at least 75, got 60/],
    ["state/bucket", "Sluice_State", /state\.bucket: must be 3 to 63 of a-z.* got "Sluice_State"/],
    ["state/encryption", "aes", /state\.encryption: must be one of none, kms, got "aes"/],
    [
      "ci",
      { repository: "a/b", branches: [], environments: [], oidcProvider: "create" },
      /must name at least one branch/,
    ],
    [
      "ci",
      { repository: "a", branches: ["main"], environments: [], oidcProvider: "create" },
      /ci\.repository: .*owner/,
    ],
    ["ci", { repository: "a/b", branches: ["*"], environments: [], oidcProvider: "create" }, /without wildcards/],
    ["ci", { repository: "a/b", branches: ["main"], environments: [], oidcProvider: "existing" }, undefined],
    [
      "pools/phi-3-mini/engineArguments",
      { "kv-cache-dtype": "fp8", "enable-prefix-caching": false, seed: -1 },
      undefined,
    ],
    [
      "pools/phi-3-mini/engineArguments",
      {
        "speculative-config": { method: "ngram" },
        "cudagraph-capture-sizes": [1, 2],
        "disable-custom-all-reduce": true,
      },
      undefined,
    ],
    [
      "pools/phi-3-mini/engineArguments",
      { "max-num-seqs": 4 },
      /pools\.phi-3-mini\.engineArguments\.max-num-seqs: must not be set here, got 4; set maxSequences/,
    ],
    ["pools/phi-3-mini/engineArguments", { "api-key": "k" }, /must not be set here, .*without a key/],
    [
      "pools/phi-3-mini/engineArguments",
      { "kv-cache-dtype": "fp9" },
      /engineArguments\.kv-cache-dtype: must be one of auto, bfloat16, .*got "fp9"/,
    ],
    ["pools/phi-3-mini/engineArguments", { "kv-cache-dtypes": "fp8" }, /did you mean "kv-cache-dtype"\?/],
    ["pools/phi-3-mini/engineArguments", { "--kv_cache_dtype": "fp8" }, /write it as "kv-cache-dtype"/],
    ["pools/phi-3-mini/engineArguments", { "no-enable-prefix-caching": true }, /write "enable-prefix-caching": false/],
    ["pools/phi-3-mini/engineArguments", { "compilation-config.mode": 3 }, /write "compilation-config" with an object/],
    ["pools/phi-3-mini/engineArguments", { constructor: 1 }, /is not one of vLLM's arguments/],
    ["pools/phi-3-mini/engineArguments", { "block-size": 1.5 }, /block-size: must be a whole number, got 1\.5/],
    ["pools/phi-3-mini/engineArguments", { "kv-offloading-size": "much" }, /kv-offloading-size: must be a number/],
    ["pools/phi-3-mini/engineArguments", { "enable-prefix-caching": "yes" }, /must be true or false, got "yes"/],
    ["pools/phi-3-mini/engineArguments", { "aggregate-engine-logging": false }, /must be true: it is a flag.*omit it/],
    ["pools/phi-3-mini/engineArguments", { "kv-cache-dtype": true }, /must have a value: it is no switch/],
    ["pools/phi-3-mini/engineArguments", { "block-size": [16, 32] }, /must be one value, got \[16,32\]/],
    ["pools/phi-3-mini/engineArguments", { "compilation-config": 3 }, /must be JSON, got 3; write an object/],
    ["pools/phi-3-mini/engineArguments", { "chat-template": "--seed" }, /must not begin with a hyphen/],
    ["pools/phi-3-mini/purchase", { option: "spot", onDemandBase: 1, overrides: ["g6.xlarge"] }, undefined],
    [
      "pools/phi-3-mini/purchase",
      { option: "reserved" },
      /pools\.phi-3-mini\.purchase\.option: must be one of on-demand, .*spot.*, got "reserved"; correct the value/,
    ],
    [
      "pools/phi-3-mini/purchase",
      { option: "capacity-block", reservationId: "cr-0123456789abcdef0" },
      /instanceType: must be of the families p4, p5 and p6 with a Capacity Block.*\n.*replacement: must be old-first with a Capacity Block/,
    ],
    [
      "pools/phi-3-mini/purchase",
      { option: "capacity-block", reservationId: "block" },
      /purchase\.reservationId: must be a capacity reservation's id \(cr-…\), got "block"/,
    ],
    ["pools/phi-3-mini/purchase", {}, /pools\.phi-3-mini\.purchase\.option: must be one of .*, got nothing; add it/],
    [
      "routes",
      { a: { ...ROUTE, targets: [{ provider: "openai", weight: 1 }] } },
      /routes\.a\.targets\[0\]\.model: is required, got nothing; add it/,
    ],
    [
      "routes",
      { a: { ...ROUTE, targets: [{ pool: "phi-3-mini", wait: 1 }] } },
      /1 problem:\n {2}routes\.a\.targets\[0\]\.wait: is not a known setting, got 1/,
    ],
    ["gateways/threads", "all", /gateways\.threads: must be per-core or of type \w+, got "all"; correct the value/],
    ["logRetentionDays", 8, /logRetentionDays: must be 7 or 14 or 30 or 90 or 365, got 8/],
    [
      "pools/phi-3-mini/purchase",
      { option: "spot", onDemandBase: 1, overrides: ["t4g.small"] },
      /purchase\.overrides\[0\]: must hold phi-3-mini-4k-instruct: t4g\.small has no GPU/,
    ],
    [
      "pools/phi-3-mini/purchase",
      { option: "spot", onDemandBase: 1, overrides: ["g4dn.xlarge"] },
      /purchase\.overrides\[0\]: must support bfloat16 as g5\.xlarge does/,
    ],
    [
      "pools/phi-3-mini/purchase",
      { option: "spot", onDemandBase: 1, overrides: [], families: ["g6", "c7g"] },
      /purchase\.families\[1\]: must be a family with GPUs, got "c7g"; use one of g4dn, g5/,
    ],
    [
      "pools/phi-3-mini/purchase",
      { option: "spot", onDemandBase: 1, overrides: [], families: ["p5"] },
      /purchase\.families\[0\]: must have a type with as many GPUs as g5\.xlarge that holds phi-3-mini/,
    ],
    [
      "pools/phi-3-mini/purchase",
      { option: "spot", onDemandBase: 1, overrides: [], families: ["g5", "g6"] },
      undefined,
    ],
    ["pools/phi-3-mini/capacityReservation", { id: "reserved" }, /must be a capacity reservation's id/],
    ["pools/phi-3-mini/capacityReservation", { id: "cr-0123456789abcdef0" }, undefined],
    ["api/entry", "nlb", /api\.entry: must be one of api-gateway, alb, private, got "nlb"/],
    ["api/entry", undefined, undefined],
    ["api/entry", "alb", /api\.domain: must be there with entry alb.*got null; name a domain/],
    ["api/entry", "alb", /api\.usagePlans: must be empty with entry alb/],
    ["network/natGateway", "never", /network\.natGateway: must be one of when-needed, always, got "never"/],
    ["network/natGateway", undefined, undefined],
    ["providers", { example: OUTSIDE_PROVIDER }, undefined],
    [
      "providers",
      { example: { ...OUTSIDE_PROVIDER, endpoint: "https://api.example.com:8443" } },
      /providers\.example\.endpoint: must be https on port 443.*got "https:\/\/api\.example\.com:8443"; use the provider's/,
    ],
    [
      "providers",
      { example: { ...OUTSIDE_PROVIDER, endpoint: "http://api.example.com" } },
      /must be https on port 443/,
    ],
    [
      "providers",
      { example: { ...OUTSIDE_PROVIDER, endpoint: "http://gpu-box:8000", allowPrivateHosts: ["gpu-box"] } },
      undefined,
    ],
  ] as const)("%s = %j", (path, value, message) => {
    const data = devWith(path, value as Json);
    if (message) expect(problemsOf(data).message).toMatch(message);
    else expect(() => validateEnvironment(data, "environments/dev.ts")).not.toThrow();
  });

  test("Spot goes with neither a warm pool nor a capacity reservation", () => {
    const data = devWith("pools/phi-3-mini/purchase", { option: "spot", onDemandBase: 0, overrides: [] });
    const pool = (data as typeof dev).pools["phi-3-mini"]!;
    Object.assign(pool, {
      warmPool: { minInstances: 1, maxPrepared: 1 },
      capacityReservation: { id: "cr-0123456789abcdef0" },
    });
    const { message } = problemsOf(data);
    expect(message).toMatch(/phi-3-mini\.warmPool: must be null with Spot.*set warmPool to null/);
    expect(message).toMatch(/phi-3-mini\.capacityReservation: must be null with Spot/);
  });

  test("there is no limit for keys where there are none", () => {
    const api = { ...dev.api, auth: "off", usagePlans: {}, requestsPerMinutePerIpWithKey: 1000 };
    expect(problemsOf({ ...dev, api }).message).toMatch(
      /requestsPerMinutePerIpWithKey: must be null when auth is off: there are no keys, got 1000/,
    );
  });

  test("time limits may be 900 s behind a load balancer, which waits as long as it is told", () => {
    const domain = { name: "api.example.com", hostedZoneId: "Z0123456789" };
    const timeouts = { firstByteSeconds: 900, totalSeconds: 900, idleSeconds: 900 };
    const api = { ...dev.api, entry: "alb", domain, usagePlans: {}, timeouts };
    expect(validateEnvironment({ ...dev, api }, "environments/dev.ts").api.timeouts).toEqual(timeouts);
  });

  test("copies of a model have GPUs of their own on every type, and a mixture of experts has one", () => {
    const problems = (more: object) =>
      message({ ...dev, pools: { phi: { ...dev.pools["phi-3-mini"], instanceType: "g5.12xlarge", ...more } } });
    expect(problems({ replicasPerInstance: 4 })).toBe("");
    expect(problems({ replicasPerInstance: 5 })).toMatch(
      /pools\.phi\.replicasPerInstance: must leave each copy its 1 GPUs: g5\.12xlarge has 4 in all, got 5; use at most 4/,
    );
    expect(problems({ replicasPerInstance: 2, tensorParallel: 4 })).toMatch(/its 4 GPUs.*use at most 1/);
    const spot = { option: "spot", onDemandBase: 0, overrides: ["g5.xlarge"] };
    expect(problems({ replicasPerInstance: 4, purchase: spot })).toMatch(/its 1 GPUs: g5\.xlarge has 1 in all/);
    const experts = { model: "gpt-oss-20b", tensorParallel: 1, replicasPerInstance: 2, instanceType: "g6e.12xlarge" };
    expect(problems(experts)).toMatch(/replicasPerInstance: must be 1 of a mixture of experts/);
  });

  test("a zone that the region does not have is refused with those it has", () => {
    const data = devWith("region", "eu-west-1") as Record<string, unknown>;
    Object.assign(data, { zones: ["a", "f"] });
    expect(problemsOf(data).message).toMatch(/zones\[1\]: must be a zone of eu-west-1, got "f"; use 2 or 3 of a, b, c/);
  });

  test("a model that does not fit shows the arithmetic", () => {
    const data = devWith("pools/phi-3-mini/model", "phi-3-medium-4k-instruct");
    expect(problemsOf(data).message).toMatch(
      /1 × \(22\.5 GiB × 0\.9 − 1\.5 GiB\) = 18\.7 GiB usable; weights 26\.0 GiB .* = 26\.8 GiB needed; 8\.0 GiB too much/,
    );
  });
});
