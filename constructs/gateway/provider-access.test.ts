import { describe, expect, test } from "vitest";
import type { ProviderConfig } from "../../contracts/targets/target-settings.ts";
import { providerConfig } from "../../test-support/target-config.ts";
import { providerAccess } from "./provider-access.ts";

const provider = (fields: Record<string, unknown>) => providerConfig("p", "https://api.example.com", fields);
const granted = (...providers: readonly ProviderConfig[]) =>
  providerAccess({ environment: "dev", providers, region: "us-east-1", accountId: "123456789012" }).map(
    ({ Action, Resource }) => [Action, Resource],
  );
const model = { contextTokens: 1, capabilities: [], inputUsdPerMillion: 0, outputUsdPerMillion: 0 };

describe("permissions for providers", () => {
  test("are none where providers need no credential of ours", () => {
    expect(granted(), "no providers").toEqual([]);
    expect(granted(provider({})), "no key").toEqual([]);
  });

  test("are to read the providers' own secrets, by name or by ARN, those of providers added at run time, and no others", () => {
    const arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shared-a1B2c3";
    expect(
      granted(
        provider({ credential: { from: "secret", secretId: "sluice/openai" } }),
        provider({ credential: { from: "secret", secretId: arn } }),
      ),
    ).toEqual([
      [
        ["secretsmanager:GetSecretValue"],
        [
          "arn:aws:secretsmanager:us-east-1:123456789012:secret:sluice/openai-??????",
          arn,
          "arn:aws:secretsmanager:us-east-1:123456789012:secret:sluice/dev/providers/*-??????",
        ],
      ],
    ]);
  });

  test("are for the Bedrock models that providers name, in their region; for a profile's model in every region", () => {
    const bedrock = provider({
      dialect: "bedrock",
      endpoint: "https://bedrock-runtime.us-west-2.amazonaws.com",
      region: "us-west-2",
      models: { "amazon.nova-lite-v1:0": model, "us.anthropic.claude-x": model },
    });
    expect(granted(bedrock)).toEqual([
      [
        ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"],
        [
          "arn:aws:bedrock:us-west-2::foundation-model/amazon.nova-lite-v1:0",
          "arn:aws:bedrock:us-west-2:123456789012:inference-profile/us.anthropic.claude-x",
          "arn:aws:bedrock:*::foundation-model/anthropic.claude-x",
        ],
      ],
    ]);
  });
});
