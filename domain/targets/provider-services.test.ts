import { expect, test } from "vitest";
import { providerServices } from "./provider-services.ts";

const keyless = { dialect: "openai", credential: { from: "none" }, region: null } as const;
const bedrock = { dialect: "bedrock", credential: { from: "none" }, region: "us-east-1" } as const;

test("only services that a declared provider needs have an endpoint", () => {
  expect(providerServices("us-east-1", [])).toEqual([]);
  expect(providerServices("us-east-1", [keyless])).toEqual([]);
  expect(providerServices("us-east-1", [bedrock, bedrock])).toEqual(["bedrock-runtime"]);
  expect(providerServices("eu-west-1", [bedrock])).toEqual([]);
  const secret = { ...keyless, credential: { from: "secret", secretId: "sluice/a" } } as const;
  expect(providerServices("us-east-1", [secret, bedrock])).toEqual(["bedrock-runtime", "secretsmanager"]);
});
