import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { chainEndKey } from "../../domain/tenancy/audit-marks.ts";
import { usageEvent } from "../../domain/usage/test/usage-events.ts";
import { usageAdditions } from "../../domain/usage/usage-sums.ts";
import { DynamoUsageSums } from "../../lambdas/count-usage/dynamo-usage-sums.ts";
import { type DeliverOptions, deliver } from "../../lambdas/send-notices/deliver.ts";
import { NoticeTable } from "../../lambdas/send-notices/notice-table.ts";
import { sendNotices } from "../../lambdas/send-notices/send-notices.ts";
import { controlServer } from "./control-server.ts";

const CONTROL = "sluice-dev-control";

/** The control API with a project, and the function that sends notices, whose mails and errors are collected. */
export async function noticeSender(delivery: DeliverOptions = {}) {
  const server = await controlServer();
  const secret = await server.owner("org-a");
  const { document, tools, clock, usageTable } = server;
  await document.send(new PutCommand({ TableName: CONTROL, Item: { ...chainEndKey("org-a"), version: 1 } }));
  const mails: { readonly subject: string; readonly text: string }[] = [];
  const state = { fails: false };
  const sender = {
    table: new NoticeTable(document, { control: CONTROL, usage: usageTable }),
    store: server.store,
    sealer: tools.sealer,
    usage: tools.usage,
    organization: "org-a",
    environment: "dev",
    mail: async (mail: { readonly subject: string; readonly text: string }) => {
      if (state.fails) throw new Error("SNS is gone");
      mails.push(mail);
    },
    deliver: (url: string, headers: Readonly<Record<string, string>>, body: string) =>
      deliver(url, headers, body, delivery),
    now: () => clock.ms,
  };
  /** The run of a minute later. @returns what it could not do */
  const run = async () => {
    clock.ms += 60_000;
    return (await sendNotices(sender)).map(({ message }) => message);
  };
  let segments = 0;
  /** What a project is charged, as the function of the ledger counts it. */
  const charge = async (projectId: string, nanoUsd: number) => {
    const sums = new DynamoUsageSums({ client: document, tableName: usageTable, now: () => clock.ms });
    const event = usageEvent({ projectId, chargeNanoUsd: nanoUsd, endedAt: new Date(clock.ms).toISOString() });
    await sums.add(`segment-${segments++}`, usageAdditions([event]));
  };
  const sdk = server.sdk(secret);
  const project = await sdk.projects.create({ name: "search" });
  return { ...server, secret, sdk, project, mails, state, sender, run, charge };
}
