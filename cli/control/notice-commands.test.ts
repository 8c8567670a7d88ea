import { Command } from "commander";
import { describe, expect, test } from "vitest";
import { noticeSender } from "../../local/test/notice-sender.ts";
import { billingCommand } from "./billing-command.ts";
import type { ControlTools } from "./control-endpoint.ts";
import { spendAlertsCommand } from "./spend-alerts-command.ts";
import { webhooksCommand } from "./webhooks-command.ts";

/** The commands before a control API whose function sends notices; all names lead to this machine. */
async function setUp() {
  const server = await noticeSender();
  const run = async (...args: readonly string[]): Promise<string> => {
    const printed: string[] = [];
    const tools: ControlTools = {
      print: (text) => printed.push(text),
      localUrl: () => server.url.replace(/\/v1$/, ""),
      variable: () => server.secret,
      now: () => server.clock.ms,
    };
    const command = new Command()
      .addCommand(webhooksCommand(tools))
      .addCommand(spendAlertsCommand(tools))
      .addCommand(billingCommand(tools));
    for (const part of [command, ...command.commands, ...command.commands.flatMap(({ commands }) => commands)])
      part.exitOverride().configureOutput({ writeErr: () => undefined });
    await command.parseAsync(args, { from: "user" });
    return printed.join("\n");
  };
  return { ...server, run, project: server.project.id, cycle: server.run };
}
const cells = (table: string) => table.split("\n").map((line) => line.split(/ {2,}/));

describe("sluice webhooks", () => {
  // documented: webhooks-command
  test("makes, lists, tests and deletes webhooks, replaces secrets and shows deliveries", async () => {
    const { run, cycle } = await setUp();
    expect(await run("webhooks", "list")).toContain("There are no webhooks");
    const text = await run(
      "webhooks",
      "create",
      "https://localhost.example.com",
      "--events",
      "credits.low,key.revoked",
    );
    const [, id = ""] = /^(webhook_\w+) is told/.exec(text) ?? [];
    expect(text).toMatch(/\nwhsec_\S+$/);
    const other = JSON.parse(await run("webhooks", "create", "https://hooks.example.com", "--json")) as { id: string };
    expect(cells(await run("webhooks", "list")).map((row) => row.slice(0, 3))).toEqual([
      ["WEBHOOK", "URL", "EVENTS"],
      [id, "https://localhost.example.com", "credits.low,key.revoked"],
      [other.id, "https://hooks.example.com", "all"],
    ]);
    expect(await run("webhooks", "rotate", id, "--overlap-seconds", "0")).toMatch(/signs no more:\nwhsec_\S+$/);
    expect(await run("webhooks", "test", id)).toContain("https://localhost.example.com within two minutes");
    expect(await cycle()).toEqual([]);
    const [delivery] = JSON.parse(await run("webhooks", "deliveries", id, "--json")) as { id: string }[];
    expect(delivery).toMatchObject({ event_type: "webhook.test", attempts: 1, status: "pending" });
    expect(await run("webhooks", "deliveries", other.id)).toContain("Nothing was sent");
    expect(await run("webhooks", "resend", id, delivery?.id ?? "")).toContain("is sent again");
    expect(await run("webhooks", "delete", id)).toBe(`${id} is deleted.`);
    await expect(run("webhooks", "create", "http://hooks.example.com")).rejects.toThrow("must be an https address");
    await expect(run("webhooks", "create", "https://a.example.com", "--events", "x")).rejects.toThrow("got 'x'");
    await expect(run("webhooks", "delete", "webhook_none")).rejects.toThrow("No webhook with the id 'webhook_none'");
  });
});

describe("sluice spend-alerts", () => {
  test("makes, lists and deletes alerts of the organisation and of projects", async () => {
    const { run, project } = await setUp();
    const made = JSON.parse(
      await run(
        "spend-alerts",
        "create",
        project,
        "12.5",
        "--to",
        "oncall@example.com",
        "--prefix",
        "[money]",
        "--json",
      ),
    ) as { id: string };
    expect(cells(await run("spend-alerts", "list", project))).toEqual([
      ["ALERT", "DOLLARS A MONTH", "TO", "PREFIX"],
      [made.id, "12.50", "oncall@example.com", "[money]"],
    ]);
    expect(await run("spend-alerts", "list", "organization")).toContain("organization has no spend alerts");
    expect(await run("spend-alerts", "delete", project, made.id)).toBe(`${made.id} is deleted.`);
    await expect(run("spend-alerts", "create", project, "0.001", "--to", "a@example.com")).rejects.toThrow(
      "at most 2 decimals",
    );
    await expect(run("spend-alerts", "create", project, "1", "--to", "a@example.com")).rejects.toThrow("gets no mail");
    await expect(run("spend-alerts", "list", "key_1")).rejects.toThrow("organization, or the id of a project");
  });
});

describe("sluice billing", () => {
  // documented: billing-command
  test("sets, lists and ends the customers of projects", async () => {
    const { run, project } = await setUp();
    expect(await run("billing", "list")).toContain("No project has a customer");
    expect(await run("billing", "set", project, "cus_A1")).toContain(
      `Usage of ${project} is reported for cus_A1 from `,
    );
    expect(await run("billing", "unset", project)).toContain("for nobody from the next hour on");
    expect(cells(await run("billing", "list")).map((row) => [row[0], row[2]])).toEqual([
      ["PROJECT", "CUSTOMER"],
      [project, "cus_A1"],
      [project, "none"],
    ]);
    await expect(run("billing", "set", project, "customer")).rejects.toThrow("customer_id");
    await expect(run("billing", "set", project, "cus_A1", "--from", "today")).rejects.toThrow("--from must be a date");
  });
});
