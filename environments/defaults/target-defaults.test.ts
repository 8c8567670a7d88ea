import { describe, expect, test } from "vitest";
import { PROVIDER_PRESETS } from "../../catalog/providers/provider-presets.ts";
import { environment } from "../../settings/environment-input.ts";
import { settingsList } from "../settings-list.ts";
import { resolveEnvironment, validateEnvironment } from "../validate.ts";

const smallest = environment({
  name: "dev",
  region: "eu-west-1",
  models: { "phi-3-mini": { model: "phi-3-mini-4k-instruct", instanceType: "g5.xlarge" } },
});
const FILE = "environments/dev.ts";
const message = (data: unknown) => {
  try {
    validateEnvironment(data, FILE);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return "";
};

describe("a provider by its preset", () => {
  test("is complete with the preset alone, its key in the environment's own secret", () => {
    const file = environment({ ...smallest, providers: { openai: { preset: "openai" } } });
    const { openai } = validateEnvironment(file, FILE).providers;
    expect(openai).toMatchObject({
      dialect: "openai",
      endpoint: "https://api.openai.com",
      region: null,
      credential: { from: "secret", secretId: "sluice/dev/providers/openai" },
      emergencyOnly: false,
      monthlyCapUsd: null,
    });
    expect(Object.keys(openai?.models ?? {})).toEqual(Object.keys(PROVIDER_PRESETS.get("openai")?.models ?? {}));
  });

  const own = { endpoint: "https://resource.example.com", credential: { from: "environment" as const } };
  const models = { m: { contextTokens: 8192, capabilities: [], inputUsdPerMillion: 0, outputUsdPerMillion: 0 } };
  test.each([...PROVIDER_PRESETS])("of %s takes what its preset has, and the rest from the file", (preset, known) => {
    const provider = {
      preset,
      ...(known.endpoint === null ? own : {}),
      ...(Object.keys(known.models).length === 0 ? { models } : {}),
    };
    expect(message({ ...smallest, providers: { mine: provider } })).toBe("");
  });

  test("keeps what the file has, a part of its timeouts too", () => {
    const provider = { preset: "gemini", monthlyCapUsd: 10, timeouts: { firstByteSeconds: 60 } } as const;
    const { g } = validateEnvironment(environment({ ...smallest, providers: { g: provider } }), FILE).providers;
    expect(g).toMatchObject({
      monthlyCapUsd: 10,
      timeouts: { connectSeconds: 2, firstByteSeconds: 60, idleSeconds: 30, totalSeconds: 300 },
    });
  });

  test("of Bedrock is called in the environment's region, or in its own", () => {
    const bedrock = (parts: object) =>
      validateEnvironment({ ...smallest, providers: { aws: { preset: "bedrock", ...parts } } }, FILE).providers.aws;
    expect(bedrock({})).toMatchObject({
      region: "eu-west-1",
      endpoint: "https://bedrock-runtime.eu-west-1.amazonaws.com",
      credential: { from: "none" },
    });
    expect(bedrock({ region: "us-west-2" })?.endpoint).toBe("https://bedrock-runtime.us-west-2.amazonaws.com");
  });

  test("of an unknown name, or without an endpoint or models, is refused with the field", () => {
    const problems = (provider: object) => message({ ...smallest, providers: { p: provider } });
    expect(problems({ preset: "opanai" })).toMatch(
      /providers\.p\.preset: must be one of openai, anthropic, .*got "opanai"; use one of these/,
    );
    expect(problems({ preset: "azure", models })).toMatch(/has 1 problem:\n {2}providers\.p\.endpoint: .*got nothing/);
    expect(problems({ preset: "openrouter" })).toMatch(
      /has 1 problem:\n {2}providers\.p\.models: .*got nothing; add it/,
    );
    expect(problems({ endpoint: "https://x.example.com" })).toMatch(/providers\.p\.models: .*got nothing; add it/);
  });
});

describe("a route", () => {
  test("is complete with its targets, each as likely as the others", () => {
    const providers = { openai: { preset: "openai" } } as const;
    const targets = [{ pool: "phi-3-mini" }, { provider: "openai", model: "gpt-4o-mini", weight: 3 }];
    const file = environment({ ...smallest, providers, routes: { assistant: { targets } } });
    expect(validateEnvironment(file, FILE).routes.assistant).toEqual({
      policy: "weighted",
      sticky: "none",
      targets: [
        { pool: "phi-3-mini", weight: 1 },
        { provider: "openai", model: "gpt-4o-mini", weight: 3 },
      ],
      fallbacks: [],
      failoverAfterSeconds: null,
    });
    expect(file.routes.assistant.targets[0]).toEqual({ pool: "phi-3-mini" });
  });

  test.each([{}, { targets: [] }, { targets: "phi-3-mini" }, { targets: [7] }, null, 3])("%j is refused", (route) => {
    expect(message({ ...smallest, routes: { a: route } })).toMatch(/has \d problems?:\n {2}routes\.a/);
  });
});

test("the list of settings has a reason for each setting that a provider or a route lacks", () => {
  const file = {
    ...smallest,
    providers: { o: { preset: "openai" } },
    routes: { a: { targets: [{ pool: "phi-3-mini" }] } },
  };
  const list = settingsList(resolveEnvironment(file, FILE)).filter(({ path }) => /^(providers|routes)\./.test(path));
  const ofFile = list.filter(({ reason }) => reason === undefined).map(({ path }) => path);
  expect(ofFile).toEqual(["routes.a.targets"]);
  expect(list.length).toBeGreaterThan(15);
});
