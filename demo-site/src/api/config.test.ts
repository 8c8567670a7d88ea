import { expect, test } from "vitest";
import { SiteConfig } from "../../../contracts/processes/site-config.ts";
import { checkConfig } from "./config.ts";

const GOOD: SiteConfig = {
  environment: "dev",
  title: "Sluice demo",
  apiUrl: "https://api.example.com/live",
  auth: "optional",
  models: [
    {
      id: "phi-3-mini",
      displayName: "Phi-3 mini",
      weights: "microsoft/Phi-3",
      contextTokens: 4096,
      price: { inputUsdPerMillion: 0, outputUsdPerMillion: 0.4 },
    },
  ],
  defaults: { temperature: 0.2, topP: 0.9, maxTokens: 200 },
  samplePrompts: ["List three fruits"],
  visitors: { requestsPerMinute: 60 },
  console: { people: true },
};

test("takes what the contract's own schema takes, unchanged", () => {
  expect(checkConfig(SiteConfig.parse(GOOD))).toEqual({ kind: "config", config: GOOD });
});

test("takes the slashes off the end of the API's address", () => {
  expect(checkConfig({ ...GOOD, apiUrl: "http://127.0.0.1:8080//" })).toMatchObject({
    config: { apiUrl: "http://127.0.0.1:8080" },
  });
});

test("lists every problem at once, with path, rule and value", () => {
  const response = checkConfig({
    ...GOOD,
    apiUrl: "javascript:alert(1)",
    auth: "maybe",
    models: [{ ...GOOD.models[0], contextTokens: 0 }],
    defaults: { ...GOOD.defaults, temperature: "warm" },
    visitors: {},
    console: { people: "yes" },
  });
  expect(response).toEqual({
    kind: "problem",
    problems: [
      '`apiUrl` must be an http or https address, got "javascript:alert(1)".',
      '`auth` must be "off", "optional" or "required", got "maybe".',
      "`models[0].contextTokens` must be a number from 1, got 0.",
      '`defaults.temperature` must be a number from 0 to 2, got "warm".',
      "`visitors.requestsPerMinute` must be a number from 1, got nothing.",
      '`console.people` must be true or false, got "yes".',
    ],
  });
});

test.each([[null], ["text"], [[]], [{}], [{ ...GOOD, models: [] }]])("refuses %j", (value) => {
  expect(checkConfig(value).kind).toBe("problem");
});
