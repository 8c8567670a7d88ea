import { describe, expect, test } from "vitest";
import { loadEnvironment } from "./load.ts";
import { devWith, type Json, messageOf, problemsOf } from "./test/edited-environment.ts";
import { validateEnvironment } from "./validate.ts";

const dev = await loadEnvironment("dev");

describe("settings of a pool", () => {
  test.each([
    ["pools/phi-3-mini/minInstances", 0, /pools\.phi-3-mini\.minInstances: must be at least 1, got 0/],
    ["pools/phi-3-mini/image", "latest", /must be an AMI id .* got "latest"/],
    ["pools/phi-3-mini/minInstances", 3, /must not exceed maxInstances \(3 > 2\).*raise maxInstances/],
    ["pools/phi-3-mini/contextTokens", 8192, /must not exceed the 4096 tokens of phi-3-mini-4k-instruct/],
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
    ["pools", {}, /pools: must have at least one pool/],
    ["pools/phi-3-mini/volumeGiB", 75, undefined],
    ["pools/phi-3-mini/volumeGiB", 60, /pools\.phi-3-mini\.volumeGiB: must be at least 75, got 60/],
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

  test("copies of a model have GPUs of their own on every type, and a mixture of experts has one", () => {
    const problems = (more: object) =>
      messageOf({ ...dev, pools: { phi: { ...dev.pools["phi-3-mini"], instanceType: "g5.12xlarge", ...more } } });
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

  test("a model that does not fit shows the arithmetic", () => {
    const data = devWith("pools/phi-3-mini/model", "phi-3-medium-4k-instruct");
    expect(problemsOf(data).message).toMatch(
      /1 × \(22\.5 GiB × 0\.9 − 1\.5 GiB\) = 18\.7 GiB usable; weights 26\.0 GiB .* = 26\.8 GiB needed; 8\.0 GiB too much/,
    );
  });
});
