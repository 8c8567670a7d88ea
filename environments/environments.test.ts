import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { OUTSIDE_PROVIDER } from "../test-support/outside-provider.ts";
import { environmentNames, loadEnvironment } from "./load.ts";
import { devWith, type Json, problemsOf } from "./test/edited-environment.ts";
import { validateEnvironment } from "./validate.ts";

const dev = await loadEnvironment("dev");

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
    ["region", undefined, /region: must be one of us-east-1, .*, got nothing; add it/],
    ["network/cidr", "10.0.0.0/24", /network\.cidr: must be a \/16.* got "10\.0\.0\.0\/24"/],
    ["zones", ["a", "a"], /zones: must not repeat a zone/],
    ["region", "eu-west-1", undefined],
    ["gateways/instanceType", "g5.xlarge", /must be an arm64 type/],
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

  test("a zone that the region does not have is refused with those it has", () => {
    const data = devWith("region", "eu-west-1") as Record<string, unknown>;
    Object.assign(data, { zones: ["a", "f"] });
    expect(problemsOf(data).message).toMatch(/zones\[1\]: must be a zone of eu-west-1, got "f"; use 2 or 3 of a, b, c/);
  });
});
