import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { expect, test } from "vitest";
import { CompletionsUsagePage, EmbeddingsUsagePage } from "../contracts/control/usage.ts";
import { USAGE_SUMS } from "../contracts/usage/usage-counter.ts";
import type { UsageEvent } from "../contracts/usage/usage-event.ts";
import { usageEvent } from "../domain/usage/test/usage-events.ts";
import { usageAdditions } from "../domain/usage/usage-sums.ts";
import { percentile } from "../lib/percentile.ts";
import { controlServer } from "./test/control-server.ts";

const DAY = 86_400;
/** The day before the clock of the control server. */
const START = Math.floor(1_790_000_000 / DAY) * DAY - DAY;
const ERROR = 0.101;

const at = (hour: number, fields: Partial<UsageEvent>) =>
  usageEvent({ endedAt: new Date((START + hour * 3600) * 1000).toISOString(), ...fields });
/** A slow model and a fast one, of which some fail at once. */
const EVENTS: readonly UsageEvent[] = Array.from({ length: 200 }, (_, index) => [
  at(index % 24, { model: "fast", durationMs: 20 + index, firstTokenMs: 5 + index / 10 }),
  at(index % 24, { model: "slow", durationMs: 1000 + index * 90, projectId: "proj_2" }),
  at(index % 24, { model: "fast", durationMs: 1, status: 503 }),
]).flat();

/** A server with the sums of these events, those of `older` as releases before counted them. */
async function used(events: readonly UsageEvent[], older: readonly UsageEvent[] = []) {
  const server = await controlServer();
  const secret = await server.owner("org-a");
  const plain = usageAdditions(older).map(({ series, entry, sums }) => ({
    ...{ series, entry },
    sums: Object.fromEntries(USAGE_SUMS.map((name) => [name, sums[name]])),
  }));
  for (const { series, entry, sums } of [...usageAdditions(events), ...plain])
    if (series.startsWith("1d ") || series.startsWith("1h "))
      await server.document.send(new PutCommand({ TableName: server.usageTable, Item: { series, entry, ...sums } }));
  return async (path: string) => {
    const headers = { authorization: `Bearer ${secret}` };
    const response = await fetch(`${server.url}/organization/usage/${path}&start_time=${START}`, { headers });
    return { status: response.status, body: await response.json() };
  };
}

// documented: usage-latency
test("usage has percentiles and mergeable histograms of latencies by group, within 10 % of the exact ones", async () => {
  const get = await used(EVENTS);
  const { body } = await get("completions?include[]=latency&group_by[]=model&limit=1");
  const results = CompletionsUsagePage.parse(body).data.flatMap((bucket) => bucket.results);
  expect(results.map(({ model }) => model)).toEqual(["fast", "slow"]);
  for (const { model, latency } of results) {
    const exact = EVENTS.filter((event) => event.model === model && event.status < 400).map(
      (event) => event.durationMs,
    );
    expect(latency?.duration?.num_requests).toBe(200);
    for (const [name, share] of [
      ["p50_ms", 0.5],
      ["p95_ms", 0.95],
      ["p99_ms", 0.99],
    ] as const) {
      const expected = percentile(exact, share);
      expect(Math.abs((latency?.duration?.[name] ?? 0) - expected) / expected).toBeLessThan(ERROR);
    }
  }
  expect(results.map(({ latency }) => latency?.first_token?.num_requests)).toEqual([200, undefined]);
  const hours = await get("completions?include[]=latency&bucket_width=1h&limit=24&project_ids[]=proj_2");
  const ofHours = CompletionsUsagePage.parse(hours.body).data.flatMap((bucket) => bucket.results);
  const merged = new Map<number, number>();
  for (const { latency } of ofHours)
    for (const [ms, count] of latency?.duration?.histogram ?? []) merged.set(ms, (merged.get(ms) ?? 0) + count);
  expect([...merged].toSorted(([a], [b]) => a - b)).toEqual(results[1]?.latency?.duration?.histogram);
});

test("usage is sent without latencies where they are not requested, and other inclusions are refused", async () => {
  const get = await used([at(1, {})]);
  const { body } = await get("completions?limit=1");
  expect(CompletionsUsagePage.parse(body).data[0]?.results[0]).not.toHaveProperty("latency");
  expect(await get("completions?include[]=cost")).toMatchObject({
    status: 400,
    body: {
      error: { param: "include[0]", message: expect.stringContaining('`include[0]` must be latency, got "cost"') },
    },
  });
});

test("latencies of requests that a release before counted are null, and of a mixed day those of the others", async () => {
  const older = Array.from({ length: 3 }, () => at(2, { model: "older", durationMs: 500 }));
  const newer = at(3, { durationMs: 100, route: "/v1/embeddings" });
  const get = await used([newer, at(2, { durationMs: 100 })], older);
  const of = async (path: string) => CompletionsUsagePage.parse((await get(path)).body).data[0]?.results;
  const byModel = await of("completions?include[]=latency&group_by[]=model&limit=1");
  expect(byModel?.map(({ latency }) => latency?.duration?.num_requests ?? null)).toEqual([null, 1]);
  expect(byModel?.[0]).toMatchObject({ latency: { duration: null, first_token: null }, num_timed_requests: 3 });
  const embeddings = EmbeddingsUsagePage.parse((await get("embeddings?include[]=latency&limit=1")).body);
  expect(embeddings.data[0]?.results[0]?.latency?.duration).toMatchObject({ num_requests: 1, p50_ms: 90.93 });
});
