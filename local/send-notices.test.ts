import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { describe, expect, test } from "vitest";
import { USAGE_TABLE } from "../contracts/usage/usage-counter.ts";
import { DynamoQuotaTable } from "../gateway/quotas/dynamo-quota-table.ts";
import { sendNotices } from "../lambdas/send-notices/send-notices.ts";
import { noticeSender } from "./test/notice-sender.ts";

const MONTH_MS = 31 * 86_400_000;
const channel = (recipients = ["oncall@example.com"], subject_prefix?: string) => ({
  type: "email" as const,
  recipients,
  ...(subject_prefix === undefined ? {} : { subject_prefix }),
});
const alertOf = (cents: number) => ({
  threshold_amount: cents,
  currency: "USD" as const,
  interval: "month" as const,
  notification_channel: channel(undefined, "[money]"),
});

describe("spend alerts", () => {
  // documented: spend-alert-once
  test("are mailed once in a month when the ledger's charges reach them, and again in the next month", async () => {
    const { sdk, project, mails, run, charge, clock } = await noticeSender();
    const alert = await sdk.projects.spendAlerts.create(project.id, alertOf(200));
    const organization = await sdk.spendAlerts.create(alertOf(250));
    await charge(project.id, 1_999_999_999);
    expect(await run()).toEqual([]);
    expect(mails).toEqual([]);
    await charge(project.id, 1);
    for (let round = 0; round < 3; round++) expect(await run()).toEqual([]);
    expect(mails.map(({ subject }) => subject)).toEqual([
      `[money] Sluice dev: project ${project.id} has spent $2.00 this month`,
    ]);
    for (const line of [
      alert.id,
      `Scope: project ${project.id}`,
      "Amount: $2.00 in a month",
      "Used: $2",
      "Window: 2026-09",
    ])
      expect(mails[0]?.text).toContain(line);
    await charge("proj_other", 500_000_000);
    await run();
    expect(mails[1]?.text).toContain(organization.id);
    clock.ms += MONTH_MS;
    await run();
    await charge(project.id, 2_000_000_000);
    await run();
    expect(mails).toHaveLength(3);
    expect(mails[2]?.text).toContain("Window: 2026-10");
  });

  test("that are raised after they were reached are mailed at the new amount too, and deleted ones no more", async () => {
    const { sdk, project, mails, run, charge } = await noticeSender();
    const { id } = await sdk.projects.spendAlerts.create(project.id, alertOf(100));
    await charge(project.id, 1_000_000_000);
    await run();
    await sdk.projects.spendAlerts.update(id, { project_id: project.id, ...alertOf(150) });
    await run();
    expect(mails).toHaveLength(1);
    await charge(project.id, 500_000_000);
    await run();
    expect(mails).toHaveLength(2);
    const other = await sdk.projects.spendAlerts.create(project.id, alertOf(300));
    await sdk.projects.spendAlerts.delete(other.id, { project_id: project.id });
    await charge(project.id, 5_000_000_000);
    await run();
    expect(mails).toHaveLength(2);
  });

  test("wait while no mail can be sent, and two runs at a time send one mail", async () => {
    const { sdk, project, mails, state, sender, run, charge, clock } = await noticeSender();
    await sdk.projects.spendAlerts.create(project.id, alertOf(100));
    await charge(project.id, 1_000_000_000);
    state.fails = true;
    expect(await run()).toEqual([expect.stringContaining("SNS is gone")]);
    state.fails = false;
    clock.ms += 60_000;
    await Promise.all([sendNotices(sender), sendNotices(sender), sendNotices(sender)]);
    expect(mails).toHaveLength(1);
  });

  test("are refused with the field for an address that gets no mail, and listed in both orders", async () => {
    const { sdk, project, secret, post } = await noticeSender();
    const refused = await post("/organization/spend_alerts", secret, {
      ...alertOf(100),
      notification_channel: channel(["oncall@example.com", "boss@example.com"]),
    });
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({
      error: {
        param: "notification_channel.recipients[1]",
        message: expect.stringContaining("alarms.emails"),
      },
    });
    const twoLines = { ...alertOf(100), notification_channel: channel(undefined, "a\nBcc: x@example.com") };
    expect((await post("/organization/spend_alerts", secret, twoLines)).status).toBe(400);
    const ids: string[] = [];
    for (const cents of [1, 2, 3]) ids.push((await sdk.projects.spendAlerts.create(project.id, alertOf(cents))).id);
    const listed = async (order: "asc" | "desc") => {
      const found: string[] = [];
      for await (const { id } of sdk.projects.spendAlerts.list(project.id, { order, limit: 2 })) found.push(id);
      return found;
    };
    expect(await listed("asc")).toEqual(ids);
    expect(await listed("desc")).toEqual(ids.toReversed());
    const before = await sdk.projects.spendAlerts.list(project.id, { before: ids[2] ?? "", limit: 1 });
    expect(before.data.map(({ id }) => id)).toEqual([ids[1]]);
    expect((await sdk.spendAlerts.list()).data).toEqual([]);
  });
});

describe("budgets", () => {
  const alert = (percent: number, project: string) => ({
    limit: `project:${project}:nano_usd:month`,
    window: "2026-09",
    percent,
    used: percent * 100_000_000,
    max: 10_000_000_000,
    isStop: true,
    counter: {
      about: { scope: "project", subject: project, metric: "nano_usd", model: undefined },
      window: "month",
      timeZone: "Europe/Berlin",
    } as const,
    endMs: Date.parse("2026-09-30T22:00:00Z"),
  });
  const sum = (project: string) => ({
    name: `project:${project}:nano_usd:month`,
    window: "2026-09",
    expiresAt: undefined,
  });

  // documented: budget-mail-names-it
  test("of which a gateway reports a share are mailed once, with name, scope, amount, use, window and reset", async () => {
    const { document, usageTable, project, mails, run } = await noticeSender();
    const gateways = [1, 2, 3].map(() => new DynamoQuotaTable({ client: document, tableName: usageTable }));
    for (const percent of [50, 80, 90, 100])
      await Promise.all(gateways.map((table) => table.report(sum(project.id), alert(percent, project.id))));
    expect(await run()).toEqual([]);
    await Promise.all(gateways.map((table) => table.report(sum(project.id), alert(100, project.id))));
    expect(await run()).toEqual([]);
    expect(mails.map(({ subject }) => /\d+ %/.exec(subject)?.[0]).toSorted()).toEqual([
      "100 %",
      "50 %",
      "80 %",
      "90 %",
    ]);
    const mail = mails.find(({ subject }) => subject.includes("80 %"));
    for (const line of [
      `The budget project:${project.id}:nano_usd:month has reached 80 %.`,
      `Scope: project ${project.id}`,
      "Amount: $10 in a month",
      "Used: $8",
      "Window: 2026-09 (Europe/Berlin)",
      "Begins anew: 2026-09-30T22:00:00.000Z",
    ])
      expect(mail?.text).toContain(line);
  });

  test("whose gateway was killed between the alert and its mark are mailed once", async () => {
    const { document, usageTable, project, mails, run } = await noticeSender();
    const table = new DynamoQuotaTable({ client: document, tableName: usageTable });
    const dying = new DynamoQuotaTable({
      tableName: usageTable,
      client: {
        send: async (command: never) => {
          await document.send(command);
          throw new Error("killed");
        },
      } as never,
    });
    await expect(dying.report(sum(project.id), alert(50, project.id))).rejects.toThrow("killed");
    await run();
    expect(await table.report(sum(project.id), alert(50, project.id))).toBe(true);
    await run();
    expect(mails).toHaveLength(1);
  });

  // documented: credits-low-once
  test("of credit of which 80 % or more are used are notices of low credit, each once, to mail and webhooks", async () => {
    const { document, usageTable, project, mails, run, store, url, secret } = await noticeSender();
    const made = await fetch(`${url}/organization/webhooks`, {
      method: "POST",
      headers: { authorization: `Bearer ${secret}` },
      body: JSON.stringify({ url: "https://localhost.example.com", events: ["credits.low"] }),
    });
    expect(made.status).toBe(200);
    const table = new DynamoQuotaTable({ client: document, tableName: usageTable });
    const name = "credit:credit_7";
    for (const percent of [50, 80, 80, 100])
      await table.report(
        { name, window: "lifetime", expiresAt: undefined },
        { ...alert(percent, project.id), limit: name, window: "lifetime" },
      );
    expect(await run()).toEqual([]);
    expect(await run()).toEqual([]);
    const { records } = await store.list("org-a", { kind: "notice", limit: 10 });
    const low = records.flatMap(({ notice }) => (notice.type === "credits.low" ? [notice.data] : []));
    expect(low.toSorted((a, b) => a.percent - b.percent)).toEqual(
      [80, 100].map((percent) => ({
        scope: "project",
        subject_id: project.id,
        credit_id: "credit_7",
        percent,
        used_nano_usd: percent * 100_000_000,
        amount_nano_usd: 10_000_000_000,
      })),
    );
    expect(mails).toHaveLength(3);
    const deliveries = await store.list("org-a", { kind: "webhookDelivery", limit: 10 });
    expect(deliveries.records.map(({ type }) => type)).toEqual(["credits.low", "credits.low"]);
  });

  test("that a newer release wrote stay for it, and the others are mailed", async () => {
    const { document, usageTable, project, mails, run } = await noticeSender();
    const Item = { [USAGE_TABLE.hashKey]: "budget alerts", [USAGE_TABLE.rangeKey]: "0", alert: { later: true } };
    await document.send(new PutCommand({ TableName: usageTable, Item }));
    const table = new DynamoQuotaTable({ client: document, tableName: usageTable });
    await table.report(sum(project.id), alert(50, project.id));
    expect(await run()).toEqual([]);
    expect(mails).toHaveLength(1);
  });
});
