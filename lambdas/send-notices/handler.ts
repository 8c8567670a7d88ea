import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { KMSClient } from "@aws-sdk/client-kms";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import middy from "@middy/core";
import * as z from "zod";
import { ENV } from "../../contracts/processes/process-environment.ts";
import { DynamoControlStore } from "../administer/store/dynamo-control-store.ts";
import { DynamoUsageSource } from "../administer/store/usage-source.ts";
import { awsLimits } from "../aws-limits.ts";
import { KmsSecretSealer } from "../secret-sealer.ts";
import { deliver } from "./deliver.ts";
import { NoticeTable } from "./notice-table.ts";
import { sendNotices } from "./send-notices.ts";

const Text = z.string().min(1);
const Settings = z.object({
  [ENV.environment]: Text,
  [ENV.controlTable]: Text,
  [ENV.keysTable]: Text,
  [ENV.usageTable]: Text.optional(),
  [ENV.organization]: Text,
  [ENV.noticesTopic]: Text,
  [ENV.secretsKey]: Text,
});
const settings = Settings.parse(process.env);
const client = DynamoDBDocumentClient.from(new DynamoDBClient(awsLimits(3000)), {
  marshallOptions: { removeUndefinedValues: true },
});
const sns = new SNSClient(awsLimits(5000));
const control = settings[ENV.controlTable];
const usageTable = settings[ENV.usageTable];
const tools = {
  table: new NoticeTable(client, { control, usage: usageTable }),
  store: new DynamoControlStore(client, { control, keys: settings[ENV.keysTable] }),
  usage: usageTable === undefined ? undefined : new DynamoUsageSource(client, usageTable),
  organization: settings[ENV.organization],
  environment: settings[ENV.environment],
  mail: async ({ subject, text }: { readonly subject: string; readonly text: string }) => {
    await sns.send(new PublishCommand({ TopicArn: settings[ENV.noticesTopic], Subject: subject, Message: text }));
  },
  sealer: new KmsSecretSealer(new KMSClient(awsLimits(3000)), settings[ENV.secretsKey]),
  deliver,
  now: Date.now,
};

/** Tells people and programs what happened; called each minute by EventBridge's schedule. */
export const handler = middy().handler(async () => {
  const errors = await sendNotices(tools);
  // Lambda then repeats the run.
  if (errors.length > 0) throw new AggregateError(errors, errors.map(({ message }) => message).join("; "));
});
