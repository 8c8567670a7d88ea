import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { Command } from "commander";
import { describe, expect, test } from "vitest";
import { usageEvent } from "../../domain/usage/test/usage-events.ts";
import { usageAdditions } from "../../domain/usage/usage-sums.ts";
import { controlServer } from "../../local/test/control-server.ts";
import type { ControlTools } from "../control/control-endpoint.ts";
import { usageCommand } from "../control/usage-command.ts";
import { exportCommand } from "./export-command.ts";
import { statementsCommand } from "./statements-command.ts";

const NOW = Date.parse("2026-12-02T12:00:00Z");
const EVENTS = [
  usageEvent({ id: "before", endedAt: "2026-10-31T23:59:59.999Z", chargeNanoUsd: 5 }),
  usageEvent({ id: "a", endedAt: "2026-11-01T00:00:00.000Z", chargeNanoUsd: 1_500_000_001, inputChargeNanoUsd: 7 }),
  usageEvent({ id: "b", endedAt: "2026-11-30T23:59:59.999Z", model: "a, b", inputTokens: 100 }),
  usageEvent({ id: "c", endedAt: "2026-11-15T00:00:00.000Z", projectId: "proj_2", userId: undefined }),
  usageEvent({ id: "d", endedAt: "2026-11-16T00:00:00.000Z", projectId: undefined, chargeNanoUsd: 501 }),
  usageEvent({ id: "after", endedAt: "2026-12-01T00:00:00.000Z", chargeNanoUsd: 9_000 }),
];
const IN_NOVEMBER = 1_500_000_001 + 2000 + 2000 + 501;

async function setUp() {
  const server = await controlServer();
  const secret = await server.owner("org-a");
  for (const { series, entry, sums } of usageAdditions(EVENTS))
    await server.document.send(new PutCommand({ TableName: server.usageTable, Item: { series, entry, ...sums } }));
  const run = async (...args: string[]): Promise<string> => {
    const printed: string[] = [];
    const tools: ControlTools = {
      print: (text) => printed.push(text),
      localUrl: () => server.url.replace(/\/v1$/, ""),
      variable: () => secret,
      now: () => NOW,
    };
    const command = new Command()
      .addCommand(usageCommand(tools).addCommand(exportCommand(tools)))
      .addCommand(statementsCommand(tools));
    await command.parseAsync(args, { from: "user" });
    return printed.join("\n");
  };
  const costs = async (query: string): Promise<number> => {
    const response = await fetch(`${server.url}/organization/costs?${query}`, {
      headers: { authorization: `Bearer ${secret}` },
    });
    const { data } = (await response.json()) as { data: { results: { amount: { value: number } }[] }[] };
    return data.flatMap(({ results }) => results).reduce((sum, { amount }) => sum + Math.round(amount.value * 1e9), 0);
  };
  return { run, costs };
}

describe("sluice statements", () => {
  // documented: statements
  test("has each project's items of the month, whose sums are the costs API's to the nano-dollar", async () => {
    const { run, costs } = await setUp();
    const found = JSON.parse(await run("statements", "--month", "2026-11", "--json"));
    expect(found).toMatchObject({ month: "2026-11", is_final: true, nano_usd: IN_NOVEMBER, usd: "1.500004502" });
    expect(found.statements.map((one: { project_id: string }) => one.project_id)).toEqual(["proj_1", "proj_2", null]);
    expect(found.statements[0].items).toEqual([
      { model: "a, b", item: "input_tokens", tokens: 100, nano_usd: 500, usd: "0.0000005" },
      { model: "a, b", item: "output_tokens", tokens: 7, nano_usd: 1500, usd: "0.0000015" },
      { model: "small", item: "input_tokens", tokens: 10, nano_usd: 7, usd: "0.000000007" },
      { model: "small", item: "output_tokens", tokens: 7, nano_usd: 1_499_999_994, usd: "1.499999994" },
    ]);
    const span = `start_time=${Date.parse("2026-11-01") / 1000}&end_time=${Date.parse("2026-12-01") / 1000}&limit=31`;
    expect(await costs(span)).toBe(IN_NOVEMBER);
    expect(await costs(`${span}&project_ids[]=proj_2`)).toBe(found.statements[1].nano_usd);
  });

  test("is that of the last month by default, as a table with totals, as CSV, and of one project alone", async () => {
    const { run } = await setUp();
    const rows = (await run("statements")).split("\n").map((line) => line.split(/ {2,}/));
    expect(rows[0]).toEqual(["PROJECT", "MODEL", "ITEM", "TOKENS", "USD"]);
    expect(rows.at(-1)).toEqual(["total", "1.500004502"]);
    const csv = (await run("statements", "--csv", "--project", "proj_2")).split("\r\n");
    expect(csv).toEqual([
      "month,project_id,model,item,tokens,nano_usd,usd",
      "2026-11,proj_2,small,input_tokens,10,500,0.0000005",
      "2026-11,proj_2,small,output_tokens,7,1500,0.0000015",
    ]);
    const open = JSON.parse(await run("statements", "--month", "2026-12", "--json"));
    expect(open).toMatchObject({ is_final: false, nano_usd: 9000 });
  });

  test.each([
    [["--month", "2026-13"], /--month must be such as 2026-11, got 2026-13/],
    [["--month", "2027-01"], /--month must have begun, got 2027-01/],
    [["--csv", "--json"], /--csv and --json exclude each other/],
  ])("refuses %j", async (args, message) => {
    const { run } = await setUp();
    await expect(run("statements", ...args)).rejects.toThrow(message);
  });
});

describe("sluice usage export", () => {
  // documented: usage-export
  test("prints all charges of the span as CSV, as JSON lines and as FOCUS, with the same sum", async () => {
    const { run } = await setUp();
    const span = ["--since", "2026-11-01", "--until", "2026-12-01"];
    const jsonl = (await run("usage", "export", ...span, "--format", "jsonl"))
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(jsonl.reduce((sum, { nano_usd }) => sum + nano_usd, 0)).toBe(IN_NOVEMBER);
    expect(jsonl).toContainEqual({
      date: "2026-11-30",
      project_id: "proj_1",
      user_id: "user_1",
      api_key_id: "key_key1",
      model: "a, b",
      item: "input_tokens",
      tokens: 100,
      nano_usd: 500,
      usd: "0.0000005",
    });
    const csv = (await run("usage", "export", ...span)).split("\r\n");
    expect(csv[0]).toBe("date,project_id,user_id,api_key_id,model,item,tokens,nano_usd,usd");
    expect(csv).toContain('2026-11-30,proj_1,user_1,key_key1,"a, b",input_tokens,100,500,0.0000005');
    expect(csv).toHaveLength(jsonl.length + 1);
    const [names, ...focus] = (await run("usage", "export", ...span, "--format", "focus")).split("\r\n");
    const billed = names?.split(",").indexOf("BilledCost") ?? -1;
    const sum = focus.reduce((all, row) => all + Math.round(Number(row.split(",")[billed]) * 1e9), 0);
    expect(sum).toBe(IN_NOVEMBER);
  });

  test.each([
    [["--format", "xml"], /--format must be csv, jsonl, focus, got xml/],
    [["--until", "soon"], /--until must be a date such as 2026-12-01, got soon/],
    [["--since", "2026-11-02", "--until", "2026-11-01"], /--until must be after --since/],
  ])("refuses %j", async (args, message) => {
    const { run } = await setUp();
    await expect(run("usage", "export", ...args)).rejects.toThrow(message);
  });
});
