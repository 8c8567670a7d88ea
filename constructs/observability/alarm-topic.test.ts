import { describe, expect, test } from "vitest";
import { only, resources, statements, synthConstruct, typeCounts } from "../../test-support/synth.ts";
import { AlarmTopic } from "./alarm-topic.ts";

const synth = (readers: { emails: string[]; webhooks: string[] } = { emails: [], webhooks: [] }) =>
  synthConstruct((stack) => new AlarmTopic(stack, "Topic", { name: "test-alarms", kmsKeyArn: "arn:key", ...readers }));

describe("the alarm topic", () => {
  test("is encrypted with the key of the props", () => {
    const stack = synth();
    expect(typeCounts(stack)).toEqual({ aws_sns_topic: 1, aws_sns_topic_policy: 1 });
    expect(only(stack, "aws_sns_topic").kms_master_key_id).toBe("arn:key");
  });

  test("accepts messages from these two services only", () => {
    const policies = statements(only(synth(), "aws_sns_topic_policy").policy);
    expect(policies).toHaveLength(1);
    expect(policies[0]).toMatchObject({
      Action: ["sns:Publish"],
      Principal: { Service: ["cloudwatch.amazonaws.com", "budgets.amazonaws.com"] },
      Condition: { StringEquals: { "aws:SourceAccount": expect.stringContaining("account_id") } },
    });
  });

  test("has a subscription for each mail address and webhook", () => {
    const webhooks = ["https://hooks.example.com/a", "https://hooks.example.com/b"];
    const stack = synth({ emails: ["a@example.com"], webhooks });
    const readers = Object.values(resources(stack, "aws_sns_topic_subscription"));
    expect(readers.map(({ protocol, endpoint }) => [protocol, endpoint])).toEqual([
      ["email", "a@example.com"],
      ["https", "https://hooks.example.com/a"],
      ["https", "https://hooks.example.com/b"],
    ]);
  });
});
