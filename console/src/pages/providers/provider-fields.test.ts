import { expect, test } from "vitest";
import type { ProviderSettings } from "../../../../contracts/targets/target-settings.ts";
import { fieldsOf, withFields } from "./provider-fields.ts";

const SETTINGS: ProviderSettings = {
  dialect: "openai",
  endpoint: "https://api.openai.com",
  region: null,
  credential: { from: "secret", secretId: "sluice/openai" },
  rateLimit: { requests: 500, per: "hour" },
  timeouts: { connectSeconds: 2, firstByteSeconds: 15, idleSeconds: 30, totalSeconds: 300 },
  maxConnections: 100,
  maxInFlight: 200,
  priority: 30,
  emergencyOnly: false,
  monthlyCapUsd: null,
  healthCheck: null,
  allowPrivateHosts: [],
  models: { small: { contextTokens: 4096, capabilities: [], inputUsdPerMillion: 1, outputUsdPerMillion: 2 } },
};

test.each([12.125, 100 / 3, 1e-7])(
  "a form that was not touched changes nothing, with a cap of %s too",
  (monthlyCapUsd) => {
    const settings = { ...SETTINGS, monthlyCapUsd };
    expect(withFields(settings, fieldsOf(settings, "de"), "de")).toEqual({ settings });
  },
);

test("other limits leave the rest of the provider as it was, and an empty text is none", () => {
  const fields = {
    ...fieldsOf(SETTINGS, "de"),
    rateRequests: " ",
    monthlyCapUsd: "12,5",
    maxInFlight: "50",
    emergencyOnly: true,
  };
  expect(withFields(SETTINGS, fields, "de")).toEqual({
    settings: { ...SETTINGS, rateLimit: null, monthlyCapUsd: 12.5, maxInFlight: 50, emergencyOnly: true },
  });
});

test("each field that is no number within its bounds is named", () => {
  const fields = {
    ...fieldsOf(SETTINGS, "de"),
    maxInFlight: "0",
    rateRequests: "1.5",
    monthlyCapUsd: "-1",
    priority: "1001",
  };
  expect(withFields(SETTINGS, fields, "de")).toEqual({
    wrong: ["maxInFlight", "rateRequests", "monthlyCapUsd", "priority"],
  });
});
