import { PutCommand } from "@aws-sdk/lib-dynamodb";
import type { Command } from "commander";
import { describe, expect, onTestFinished, test } from "vitest";
import { gatewayResponses } from "../../contracts/openapi/gateway-responses.ts";
import { quotaSeries } from "../../domain/limits/credit-use.ts";
import { usageEvent } from "../../domain/usage/test/usage-events.ts";
import { usageAdditions } from "../../domain/usage/usage-sums.ts";
import { startTestGateway } from "../../gateway/test/test-gateway.ts";
import { bind } from "../../local/http/server.ts";
import { controlServer } from "../../local/test/control-server.ts";
import { CLOSED_PORT } from "../../test-support/closed-port.ts";
import { holdCommand } from "../erasure/hold-command.ts";
import { budgetsCommand } from "./budgets-command.ts";
import type { ControlTools } from "./control-endpoint.ts";
import { creditsCommand } from "./credits-command.ts";
import { limitsCommand } from "./limits-command.ts";
import { costsCommand, usageCommand } from "./usage-command.ts";

const NOW = 1_790_000_000;
const DAY = 86_400;

/** The commands, with an organisation's admin key, before the control API with a project and some usage. */
async function setUp() {
  const server = await controlServer();
  const secret = await server.owner("org-a");
  const project = await server.sdk(secret).projects.create({ name: "search" });
  const at = (seconds: number) => new Date(seconds * 1000).toISOString();
  const events = [
    usageEvent({ id: "a", endedAt: at(NOW - DAY), projectId: project.id, chargeNanoUsd: 1_500_000_001 }),
    usageEvent({ id: "b", endedAt: at(NOW), projectId: project.id, model: "chat", userId: undefined }),
    usageEvent({ id: "c", endedAt: at(NOW), projectId: project.id, route: "/v1/embeddings" }),
  ];
  for (const { series, entry, sums } of usageAdditions(events))
    await server.document.send(new PutCommand({ TableName: server.usageTable, Item: { series, entry, ...sums } }));
  const variables: Record<string, string> = { SLUICE_ADMIN_KEY: secret };
  const origin = server.url.replace(/\/v1$/, "");
  const run =
    (make: (tools: ControlTools) => Command, localUrl: string | undefined = origin) =>
    async (...args: string[]): Promise<string> => {
      const printed: string[] = [];
      const command = make({
        print: (text) => printed.push(text),
        localUrl: () => localUrl,
        variable: (name) => variables[name],
        now: () => NOW * 1000,
      });
      for (const part of [command, ...command.commands])
        part.exitOverride().configureOutput({ writeErr: () => undefined });
      await command.parseAsync(args, { from: "user" });
      return printed.join("\n");
    };
  return { ...server, variables, project: project.id, run, limits: run(limitsCommand), budgets: run(budgetsCommand) };
}
const cells = (table: string) => table.split("\n").map((line) => line.split(/ {2,}/));

describe("sluice limits", () => {
  // documented: limits-command
  test("sets limits beside those that there are, lists them, and takes single ones or all away", async () => {
    const { limits, project } = await setUp();
    expect(await limits("list")).toContain("Nothing is limited");
    expect(await limits("set", project, "requests/minute=60", "concurrency=5")).toContain(`${project} has 2 limits`);
    await limits("set", project, "usd/month=12.5", "--time-zone", "Europe/Berlin");
    await limits("set", project, "tokens/day=1000", "--model", "chat");
    await limits("set", project, "requests/minute=90");
    await limits("set", project, "tokens/day=900", "--alert");
    await limits("set", "organization", "requests/hour=1");
    expect(cells(await limits("list"))).toEqual([
      ["SUBJECT", "METRIC", "WINDOW", "MAX", "MODEL", "TIME ZONE", "ACTION"],
      ["organization", "requests", "hour", "1", "stop"],
      [project, "concurrency", "now", "5", "stop"],
      [project, "usd", "month", "12.50", "Europe/Berlin", "stop"],
      [project, "tokens", "day", "1000", "chat", "stop"],
      [project, "requests", "minute", "90", "stop"],
      [project, "tokens", "day", "900", "alert"],
    ]);
    const json = JSON.parse(await limits("delete", project, "tokens/day", "--model", "chat", "--json"));
    expect(json.map(({ metric }: { metric: string }) => metric)).toEqual([
      "concurrency",
      "nano_usd",
      "requests",
      "tokens",
    ]);
    expect(await limits("delete", project)).toContain("no limits any more");
    expect(JSON.parse(await limits("list", "--json"))).toMatchObject([{ subject_id: "organization" }]);
  });

  test("gives a project a tier beside its limits, lists it, and takes it away", async () => {
    const { limits, project } = await setUp();
    await limits("set", project, "requests/minute=60");
    expect(await limits("tier", project, "gold")).toContain(`${project} has the tier gold`);
    expect(cells(await limits("list")).slice(1)).toEqual([
      [project, "requests", "minute", "60", "stop"],
      [project, "tier", "gold", "stop"],
    ]);
    expect(await limits("tier", project)).toContain(`${project} has no tier any more`);
    expect(cells(await limits("list"))).toHaveLength(2);
  });

  test("sets the weight of a project beside its limits, and lists it", async () => {
    const { limits, project } = await setUp();
    await limits("set", project, "requests/minute=60");
    expect(await limits("weight", project, "3")).toContain(`${project} has the weight 3`);
    await limits("set", project, "concurrency=5");
    expect(cells(await limits("list")).slice(1)).toEqual([
      [project, "requests", "minute", "60", "stop"],
      [project, "concurrency", "now", "5", "stop"],
      [project, "weight", "3", "share"],
    ]);
  });

  test("prints the policy for each kind of limit without calling an API", async () => {
    const { run } = await setUp();
    expect(await run(limitsCommand, "")("policy")).toContain("usage.whenTableIsGone");
  });

  test.each([
    [["set", "search", "requests/minute=1"], /'search' must be organization or an id that begins with proj_/],
    [["set", "PROJECT", "images/day=1"], /'images\/day' must be METRIC\/WINDOW with a metric of requests/],
    [["set", "PROJECT", "requests/second=1"], /a window of now, minute/],
    [["set", "PROJECT", "requests/minute"], /'requests\/minute' must be METRIC\/WINDOW=MAX, such as/],
    [["set", "PROJECT", "requests/minute=many"], /must be a whole number from 0 to/],
    [["set", "PROJECT", "usd/month=0.0000000001"], /must be an amount in dollars with at most 9 decimals/],
    [["set", "PROJECT", "usd/minute=1"], /Money is limited by day, week, month, lifetime/],
    [["set", "PROJECT", "usd/month=1", "--time-zone", "Moon/Sea"], /'Moon\/Sea' is no time zone/],
    [["set", "proj_none", "requests/minute=1"], /No subject of limits with the id 'proj_none'/],
    [["weight", "PROJECT", "0"], /The weight '0' must be a whole number from 1 to 1000/],
    [["weight", "PROJECT", "2.5"], /The weight '2.5' must be/],
    [["tier", "PROJECT", "silver"], /'silver' is no tier of this environment, which has gold, free/],
    [["weight", "organization", "2"], /must be the id of one, which begins with proj_/],
    [["delete", "PROJECT", "tokens/day"], /has no limit tokens\/day like that; `sluice limits list`/],
    [["delete", "PROJECT", "--model", "x"], /name these too, each as METRIC\/WINDOW/],
    [["list", "--key", "env:NONE"], /no admin key in the variable NONE; make one with `sluice admin-keys create/],
    [["list", "--key", "sk-admin-secret"], /the value is not repeated/],
    [["list", "--url", `http://127.0.0.1:${CLOSED_PORT}`], /can't be reached/],
  ])("%j is refused in one line", async (args, message) => {
    const { limits, project } = await setUp();
    const failure = await limits(...args.map((one) => (one === "PROJECT" ? project : one))).catch(String);
    expect(failure).toMatch(message);
    expect(failure.split("\n")).toHaveLength(1);
  });
});

describe("sluice budgets", () => {
  test("sets budgets in dollars and lists them with what is spent", async () => {
    const { budgets, limits, project, ...server } = await setUp();
    expect(await budgets("list")).toContain("There are no budgets");
    expect(await budgets("set", project, "50")).toContain(`${project} may spend 50.00 dollars per month`);
    await budgets("set", "organization", "0.75", "--per", "day");
    // It is Tuesday there, and the week has the day before; by UTC it is Monday.
    await budgets("set", project, "9", "--per", "week", "--time-zone", "Pacific/Kiritimati");
    await budgets("set", project, "8", "--per", "day", "--time-zone", "Asia/Kolkata");
    await budgets("set", project, "70", "--per", "lifetime");
    await budgets("set", project, "6", "--per", "lifetime", "--model", "small");
    for (const [counter, window, used] of [
      ["organization:org-a:nano_usd:day", "2026-09-21", 4000],
      [`project:${project}:nano_usd:month`, "2026-09", 1_500_004_001],
      [`project:${project}:nano_usd:month`, "2026-08", 9_000_000_000],
      [`project:${project}:nano_usd:week:@Pacific/Kiritimati`, "2026-09-21", 2],
      [`project:${project}:nano_usd:day:@Asia/Kolkata`, "2026-09-21", 3_000_000_000],
      [`project:${project}:nano_usd:lifetime`, "lifetime", 69_000_000_000],
    ] as const)
      await server.document.send(
        new PutCommand({ TableName: server.usageTable, Item: { series: quotaSeries(counter), entry: window, used } }),
      );
    await limits("set", project, "requests/minute=5");
    expect(cells(await budgets("list"))).toEqual([
      ["SUBJECT", "PER", "BUDGET", "SPENT", "RESETS", "TIME ZONE", "MODEL"],
      ["organization", "day", "0.75", "0.000004", "2026-09-22T00:00:00+00:00", "UTC"],
      [project, "month", "50.00", "1.500004001", "2026-10-01T00:00:00+00:00", "UTC"],
      [project, "week", "9.00", "0.000000002", "2026-09-28T00:00:00+14:00", "Pacific/Kiritimati"],
      [project, "day", "8.00", "3.00", "2026-09-22T00:00:00+05:30", "Asia/Kolkata"],
      [project, "lifetime", "70.00", "69.00", "never", "UTC"],
      [project, "lifetime", "6.00", "0.00", "never", "UTC", "small"],
    ]);
    const [row] = JSON.parse(await budgets("list", "--json"));
    expect(row).toMatchObject({
      subject_id: "organization",
      max: 750_000_000,
      spent_nano_usd: 4000,
      resets_at: "2026-09-22T00:00:00+00:00",
    });
    await expect(budgets("set", project, "5", "--per", "minute")).rejects.toThrow(/--per must be one of day/);
  });
});

describe("sluice credits", () => {
  // documented: credits-command
  test("grants, lists, revokes and ends credit, and shows its ledger", async () => {
    const { run, project } = await setUp();
    const credits = run(creditsCommand);
    expect(await credits("list")).toContain("There is no credit");
    expect(await credits("ledger", project)).toContain("was never granted credit");
    expect(await credits("grant", project, "25", "--description", "invoice 7")).toContain(
      `${project} got 25.00 dollars as credit_`,
    );
    const granted = JSON.parse(await credits("grant", project, "0.5", "--expires", "2030-01-31", "--json"));
    expect(granted).toMatchObject({ amount_nano_usd: 500_000_000, expires_at: Date.parse("2030-01-31") / 1000 });
    const [head, ...rows] = cells(await credits("list", project));
    expect(head).toEqual(["SUBJECT", "CREDIT", "STATUS", "LEFT", "GRANTED", "EXPIRES", "DESCRIPTION"]);
    expect(rows.map((row) => row.slice(2))).toEqual([
      ["active", "0.50", "0.50", "2030-01-31T00:00:00Z"],
      ["active", "25.00", "25.00", "never", "invoice 7"],
    ]);
    expect(await credits("revoke", project, granted.id)).toContain("is revoked; 0.00 dollars of it were used");
    expect(cells(await credits("ledger", project)).map((row) => row.slice(1))).toContainEqual([
      "revocation",
      "breakage",
      "0.50",
    ]);
    expect(JSON.parse(await credits("list", "--json"))).toMatchObject([{ balance_nano_usd: 25_000_000_000 }]);
    expect(await credits("end", project)).toContain("needs no credit any more");
  });

  test.each([
    [["grant", "PROJECT", "0"], /'0' must be an amount in dollars above 0/],
    [["grant", "PROJECT", "ten"], /'ten' must be an amount in dollars/],
    [["grant", "PROJECT", "1", "--expires", "tomorrow"], /--expires must be a date or a time with zone.*got tomorrow/],
    [["grant", "PROJECT", "1", "--expires", "2020-01-01"], /must be in the future/],
    [["grant", "search", "1"], /'search' must be organization or an id/],
    [["revoke", "PROJECT", "credit_none"], /No credit with the id 'credit_none'/],
  ])("%j is refused in one line", async (args, message) => {
    const { run, project } = await setUp();
    const failure = await run(creditsCommand)(...args.map((one) => (one === "PROJECT" ? project : one))).catch(String);
    expect(failure).toMatch(message);
    expect(failure.split("\n")).toHaveLength(1);
  });
});

describe("sluice usage and sluice costs", () => {
  // documented: usage-command
  test("print a row for each bucket and group, and as JSON", async () => {
    const { run, project } = await setUp();
    const [usage, costs] = [run(usageCommand), run(costsCommand)];
    const [yesterday, today] = [NOW - DAY, NOW].map((at) => new Date(at * 1000).toISOString().slice(0, 10));
    expect(cells(await usage("--since", "3d", "--by", "model,user"))).toEqual([
      ["TIME", "MODEL", "USER", "REQUESTS", "INPUT", "CACHED", "OUTPUT"],
      [yesterday, "small", "user_1", "1", "10", "4", "7"],
      [today, "chat", "-", "1", "10", "4", "7"],
    ]);
    expect(cells(await usage("--since", "30m", "--width", "1m", "--kind", "embeddings"))).toHaveLength(2);
    const rows = JSON.parse(await usage("--since", "1h", "--by", "user", "--json"));
    expect(rows).toEqual([
      { start: `${today}T00:00:00.000Z`, user: null, requests: 1, inputTokens: 10, cachedTokens: 4, outputTokens: 7 },
    ]);
    expect(cells(await costs("--since", "3d", "--by", "project"))).toEqual([
      ["TIME", "PROJECT", "USD"],
      [yesterday, project, "1.500000001"],
      [today, project, "0.000004"],
      ["total", "1.500004001"],
    ]);
    expect(cells(await costs("--since", "3d", "--amount", "cost"))).toEqual([
      ["TIME", "USD"],
      [yesterday, "0.000001"],
      [today, "0.000002"],
      ["total", "0.000003"],
    ]);
    expect(await costs("--amount", "x").catch(String)).toMatch(/--amount must be charge or cost, got x\./);
    expect(await costs("--since", "2027-01-01").catch(String)).toMatch(
      /--since must be a date or a time with zone that is/,
    );
    expect(await costs("--since", "2026-11-01T10:00").catch(String)).toMatch(
      /such as .*Z, or 30m.*; got 2026-11-01T10:00/,
    );
    expect(await costs("--by", "colour").catch(String)).toMatch(/--by must name some of project, user, key, item/);
    expect(await usage("--width", "1y").catch(String)).toMatch(/--width must be 1m, 1h, 1d, got 1y/);
  });
});

test.each(["a gateway", "API Gateway"])(
  "an API without the control API is named in one line, with the setting that switches it on: %s",
  async (entry) => {
    const { url } = entry === "a gateway" ? await startTestGateway() : await unknownPaths();
    const { run } = await setUp();
    for (const make of [limitsCommand, holdListCommand]) {
      const failed = await run(make, url)("list").catch((error: Error) => error.message);
      expect(failed).toMatch(
        /^http:\/\/127\.0\.0\.1:\d+ has nothing at \/v1\/organization\/\w+: its environment file does not set `api\.controlApi` to true, or the service is of another release\.$/,
      );
    }
  },
);

/** A server that responds to each path as API Gateway does to one that it does not know. */
async function unknownPaths() {
  const { MISSING_AUTHENTICATION_TOKEN: unknown } = gatewayResponses("required", []);
  const body = unknown?.responseTemplates["application/json"] ?? "";
  const server = await bind(0, "", (_request, response) => void response.writeHead(404).end(body));
  onTestFinished(() => server.close());
  return { url: `http://127.0.0.1:${server.port}` };
}

const holdListCommand = (tools: ControlTools) =>
  holdCommand({ ...tools, wait: async () => undefined, finish: () => undefined });
