import { describe, expect, test } from "vitest";
import { ProviderSettings, providerKeyVariable, RouteSettings } from "../../contracts/targets/target-settings.ts";
import { OUTSIDE_PROVIDER } from "../../test-support/outside-provider.ts";
import { type TargetsDescription, targetProblems } from "./target-problems.ts";

const provider = (fields: object = {}) =>
  ProviderSettings.parse({
    ...OUTSIDE_PROVIDER,
    models: {
      small: { contextTokens: 8192, capabilities: ["tools"], inputUsdPerMillion: 0.1, outputUsdPerMillion: 0.3 },
    },
    ...fields,
  });
const route = (fields: object = {}) =>
  RouteSettings.parse({
    policy: "weighted",
    sticky: "none",
    targets: [{ pool: "tiny", weight: 1 }],
    fallbacks: [{ provider: "example", model: "small" }],
    failoverAfterSeconds: null,
    ...fields,
  });

const problems = (fields: Partial<TargetsDescription>) =>
  targetProblems({
    pools: ["tiny"],
    providers: { example: provider() },
    routes: {},
    ...fields,
  }).map(({ path, rule, remedy }) => `${path} ${rule}; ${remedy}`);

describe("providers and routes", () => {
  test("a pool with a provider behind it has no problem", () => {
    expect(problems({ routes: { chat: route() } })).toEqual([]);
  });

  test("unknown names are reported all at once, with the known ones", () => {
    const routes = {
      chat: route({
        targets: [
          { pool: "huge", weight: 1 },
          { provider: "other", model: "small", weight: 1 },
        ],
        fallbacks: [{ provider: "example", model: "large" }],
      }),
    };
    expect(problems({ routes })).toEqual([
      "routes.chat.targets[0].pool must be the name of a pool; use one of tiny, or add it",
      "routes.chat.targets[1].provider must be the name of a provider; use one of example, or add it",
      "routes.chat.fallbacks[0].model must be a model of example; use one of small, or add it",
    ]);
  });

  test("a route has each target once, and one of them has a weight", () => {
    const routes = { chat: route({ targets: [{ pool: "tiny", weight: 0 }], fallbacks: [{ pool: "tiny" }] }) };
    expect(problems({ routes })).toEqual([
      "routes.chat.targets must have a weight above 0 at one target at least; give one a weight, e.g. 1",
      "routes.chat.fallbacks[0] must not name a target twice; name each target once",
    ]);
  });

  test("a route with a pool's name must have the pool as a target", () => {
    const other = { targets: [{ provider: "example", model: "small", weight: 1 }], fallbacks: [] };
    expect(problems({ routes: { tiny: route(other) } })).toEqual([
      expect.stringContaining("routes.tiny must have the pool"),
    ]);
    expect(problems({ routes: { tiny: route() } })).toEqual([]);
  });

  test("Bedrock needs its region and no key, the others have no region", () => {
    const providers = {
      aws: provider({ dialect: "bedrock", healthCheck: { path: "/", intervalSeconds: 5 } }),
      example: provider({ region: "us-east-1" }),
    };
    expect(problems({ providers }).map((problem) => problem.split(" ")[0])).toEqual([
      "providers.aws.region",
      "providers.aws.credential",
      "providers.aws.healthCheck",
      "providers.example.region",
    ]);
  });

  test("a key in the endpoint is refused and not repeated", () => {
    const providers = { example: provider({ endpoint: "https://user:hush@api.example.com/v1?key=hush" }) };
    const [problem] = targetProblems({ pools: [], providers, routes: {} });
    expect(problem?.rule).toContain("neither credentials");
    expect(JSON.stringify(problem)).not.toContain("hush");
  });

  test("a provider's key variable is its name in upper case", () => {
    expect(providerKeyVariable("hugging-face")).toBe("SLUICE_PROVIDER_KEY_HUGGING_FACE");
  });
});
