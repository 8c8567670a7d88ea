import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { describe, expect, onTestFinished, test } from "vitest";
import { awsEndpoint } from "../../aws-api/endpoint.ts";
import { LOCAL_CREDENTIALS } from "../../runtime/aws-environment.ts";
import { serve } from "../../test/tools.ts";
import { snsOperations } from "./api.ts";
import { SnsRuntime } from "./runtime.ts";

const TopicArn = "arn:aws:sns:eu-west-1:000000000000:alarms";

async function setUp() {
  const lines: string[] = [];
  const sns = new SnsRuntime((line) => lines.push(line));
  sns.topics.add(TopicArn);
  const port = await serve(
    awsEndpoint({
      dynamodb: (_request, response) => void response.end(),
      s3: async (_request, response) => void response.end(),
      json: {},
      query: snsOperations(sns),
    }),
  );
  const endpoint = `http://127.0.0.1:${port}`;
  const client = new SNSClient({ endpoint, region: "eu-west-1", credentials: LOCAL_CREDENTIALS, maxAttempts: 1 });
  onTestFinished(() => client.destroy());
  return { client, sns, lines };
}

describe("SNS on this machine", () => {
  test("takes a message of a topic from AWS's own client, and shows its subject", async () => {
    const { client, sns, lines } = await setUp();
    const { MessageId } = await client.send(new PublishCommand({ TopicArn, Subject: "80 %", Message: "Used: $8" }));
    expect(MessageId).toMatch(/^[\da-f-]{36}$/);
    expect(sns.messages).toEqual([{ topicArn: TopicArn, subject: "80 %", text: "Used: $8" }]);
    expect(lines).toEqual(["mail to the receivers of alarms: 80 %"]);
  });

  test.each([
    ["a topic that does not exist", { TopicArn: `${TopicArn}-other`, Subject: "a", Message: "b" }, "NotFoundException"],
    ["a subject of several lines", { TopicArn, Subject: "a\nb", Message: "b" }, "InvalidParameterException"],
    ["a subject that is too long", { TopicArn, Subject: "a".repeat(101), Message: "b" }, "InvalidParameterException"],
    ["an empty message", { TopicArn, Subject: "a", Message: "" }, "InvalidParameterException"],
  ])("refuses %s with AWS's error", async (_what, input, name) => {
    const { client, sns } = await setUp();
    await expect(client.send(new PublishCommand(input))).rejects.toMatchObject({ name });
    expect(sns.messages).toEqual([]);
  });
});
