import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { describe, expect, test } from "vitest";
import { UsageForecast } from "../../contracts/control/usage.ts";
import { usageEvent } from "../../domain/usage/test/usage-events.ts";
import { usageAdditions } from "../../domain/usage/usage-sums.ts";
import { controlServer } from "../../local/test/control-server.ts";
import { budgetsCommand } from "./budgets-command.ts";
import type { ControlTools } from "./control-endpoint.ts";
import { costsCommand } from "./usage-command.ts";

const DAY_MS = 86_400_000;
const USD = 1_000_000_000;

/** Before a project that was charged a dollar on each of 56 days, and half a dollar until noon of the 11th of September. */
async function started() {
  const server = await controlServer();
  server.clock.ms = Date.parse("2026-09-11T12:00:00Z");
  const secret = await server.owner("org-a");
  const project = await server.sdk(secret).projects.create({ name: "search" });
  const events = Array.from({ length: 57 }, (_, index) =>
    usageEvent({
      id: `req_${index}`,
      endedAt: new Date(Date.parse("2026-09-11T00:00:00Z") - index * DAY_MS).toISOString(),
      projectId: project.id,
      chargeNanoUsd: index === 0 ? USD / 2 : USD,
    }),
  );
  const ofDays = usageAdditions(events).filter(({ series }) => /^1d (total|project) /.test(series));
  for (const { series, entry, sums } of ofDays)
    await server.document.send(new PutCommand({ TableName: server.usageTable, Item: { series, entry, ...sums } }));
  const get = (path: string, init: RequestInit = {}) =>
    fetch(server.url.replace("/v1", path), { ...init, headers: { authorization: `Bearer ${secret}` } });
  const printed: string[] = [];
  const tools: ControlTools = {
    print: (text) => printed.push(text),
    localUrl: () => server.url.replace(/\/v1$/, ""),
    variable: () => secret,
    now: () => server.clock.ms,
  };
  return { get, tools, printed, project: project.id };
}

describe("the forecast of charges", () => {
  // documented: usage-forecast-path
  test("GET /api/usage/forecast has what was charged this month and what will be at its end", async () => {
    const { get, project } = await started();
    const found = UsageForecast.parse(await (await get("/api/usage/forecast")).json());
    expect(found).toMatchObject({ month: "2026-09", spent_usd: 10.5 });
    expect(found.forecast_usd).toBeCloseTo(30, 6);
    expect(found.days).toHaveLength(20);
    expect(found.days[1]).toEqual({ start_time: Date.parse("2026-09-12T00:00:00Z") / 1000, amount_usd: 1 });
    const ofProject = UsageForecast.parse(await (await get(`/api/usage/forecast?project_id=${project}`)).json());
    expect(ofProject).toMatchObject({ spent_usd: 10.5 });
    const ofOther = UsageForecast.parse(await (await get("/api/usage/forecast?project_id=proj_none")).json());
    expect(ofOther).toMatchObject({ spent_usd: 0, forecast_usd: 0 });
    expect((await get("/api/usage/forecast?months=2")).status).toBe(400);
    expect((await get("/api/usage/forecast", { method: "POST" })).status).toBe(405);
  });

  test("sluice costs --forecast says on which day each monthly budget is used up", async () => {
    const { tools, printed, project } = await started();
    await budgetsCommand(tools).parseAsync(["set", project, "20"], { from: "user" });
    await budgetsCommand(tools).parseAsync(["set", "organization", "500"], { from: "user" });
    printed.length = 0;
    await costsCommand(tools).parseAsync(["--forecast", "--json"], { from: "user" });
    expect(JSON.parse(printed.join("\n"))).toMatchObject([
      { subject_id: "organization", spent_nano_usd: 10.5 * USD, budget_nano_usd: null, exhausted_on: null },
      { subject_id: "organization", budget_nano_usd: 500 * USD, exhausted_on: null },
      // 10.5 spent, half a dollar for the rest of today, and nine days at a dollar.
      { subject_id: project, budget_nano_usd: 20 * USD, exhausted_on: "2026-09-20" },
    ]);
    await costsCommand(tools).parseAsync(["--forecast"], { from: "user" });
    expect(printed.at(-1)).toContain("USED UP ON");
  });
});
