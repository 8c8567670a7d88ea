import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { describe, expect, test } from "vitest";
import { UsageSummary } from "../contracts/control/usage.ts";
import { usageEvent } from "../domain/usage/test/usage-events.ts";
import { usageAdditions } from "../domain/usage/usage-sums.ts";
import { controlServer } from "./test/control-server.ts";

/** September 2026, by the clock of the control server. */
const EVENTS = [
  usageEvent({ id: "a", endedAt: "2025-10-01T00:00:00.000Z", chargeNanoUsd: 3_000_000_001 }),
  usageEvent({ id: "b", endedAt: "2026-08-31T23:59:59.000Z", projectId: "proj_2" }),
  usageEvent({ id: "c", endedAt: "2026-09-01T00:00:00.000Z", userId: undefined, inputTokens: 100 }),
  usageEvent({ id: "d", endedAt: "2026-09-02T00:00:00.000Z", model: "a, b", route: "/v1/embeddings", outputTokens: 0 }),
  usageEvent({ id: "old", endedAt: "2025-09-30T23:59:59.000Z" }),
];

async function started() {
  const server = await controlServer();
  const secret = await server.owner("org-a");
  for (const { series, entry, sums } of usageAdditions(EVENTS))
    await server.document.send(new PutCommand({ TableName: server.usageTable, Item: { series, entry, ...sums } }));
  const get = (path: string, init: RequestInit = {}, key = secret) =>
    fetch(server.url.replace("/v1", path), { ...init, headers: { authorization: `Bearer ${key}` } });
  return { ...server, secret, get };
}

describe("the short path for usage", () => {
  // documented: usage-summary
  test("GET /api/usage/summary has the tokens and charges of each calendar month", async () => {
    const { get } = await started();
    const { data } = UsageSummary.parse(await (await get("/api/usage/summary")).json());
    expect(data.map(({ month }) => month)).toEqual([
      ...["10", "11", "12"].map((month) => `2025-${month}`),
      ...["01", "02", "03", "04", "05", "06", "07", "08", "09"].map((month) => `2026-${month}`),
    ]);
    const rows = data.filter(({ tokens }) => tokens > 0).map(({ object: _, ...row }) => row);
    expect(rows).toEqual([
      { month: "2025-10", input_tokens: 10, output_tokens: 7, tokens: 17, cost_usd: 3.000000001 },
      { month: "2026-08", input_tokens: 10, output_tokens: 7, tokens: 17, cost_usd: 0.000002 },
      { month: "2026-09", input_tokens: 110, output_tokens: 7, tokens: 117, cost_usd: 0.000004 },
    ]);
    const ofUser = UsageSummary.parse(await (await get("/api/usage/summary/?months=2&user_id=user_1")).json());
    expect(ofUser.data.map(({ month, tokens }) => [month, tokens])).toEqual([
      ["2026-08", 17],
      ["2026-09", 10],
    ]);
    const ofProject = UsageSummary.parse(await (await get("/api/usage/summary?months=2&project_id=proj_2")).json());
    expect(ofProject.data.map(({ tokens }) => tokens)).toEqual([17, 0]);
  });

  test("refuses other paths, methods, keys and parameters as the control API does", async () => {
    const { get } = await started();
    expect((await get("/api/usage/other")).status).toBe(404);
    const posted = await get("/api/usage/summary", { method: "POST" });
    expect([posted.status, posted.headers.get("allow")]).toEqual([405, "GET"]);
    expect((await get("/api/usage/summary?months=13")).status).toBe(400);
    expect((await get("/api/usage/summary?year=2026")).status).toBe(400);
    for (const query of ["months=1e1", "months=2&months=2", "user_id=user_1&user_id=user_2"])
      expect((await get(`/api/usage/summary?${query}`)).status).toBe(400);
    expect((await get("/api/usage/summary", {}, "sk-admin-none")).status).toBe(401);
  });
});
