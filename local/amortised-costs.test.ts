import { gzipSync } from "node:zlib";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { describe, expect, onTestFinished, test } from "vitest";
import type { AmortisedPools } from "../contracts/usage/amortised-cost.ts";
import type { UsageEvent } from "../contracts/usage/usage-event.ts";
import { segmentKey, segmentName } from "../domain/usage/segment-names.ts";
import { seededNumbers, usageEvent } from "../domain/usage/test/usage-events.ts";
import { amortiseCosts } from "../lambdas/count-usage/amortise-costs.ts";
import { AmortisedShares } from "../lambdas/count-usage/amortised-shares.ts";
import { countFiles } from "../lambdas/count-usage/count-usage.ts";
import { DynamoUsageSums } from "../lambdas/count-usage/dynamo-usage-sums.ts";
import { poolCosts } from "../lambdas/count-usage/pool-costs.ts";
import { metricLines } from "../lambdas/publish-cost/metric-lines.ts";
import { awsEndpoint } from "./aws-api/endpoint.ts";
import { LOCAL_CREDENTIALS } from "./runtime/aws-environment.ts";
import { cloudWatchOperations } from "./services/cloudwatch/api.ts";
import { ingestEmf } from "./services/cloudwatch/emf-ingest.ts";
import { MetricStore } from "./services/cloudwatch/metric-store.ts";
import { moneyLedger } from "./test/money-ledger.ts";
import { serve } from "./test/tools.ts";

const HOUR = 3600;
const DAY = 24 * HOUR;
/** The beginning of a day before the control server's clock. */
const START = 1_790_000_000 - (1_790_000_000 % DAY) - DAY;
const POOLS: AmortisedPools = { small: { inputUsdPerMillion: 1, outputUsdPerMillion: 4 }, large: null };
const ROUNDS = Number(process.env.SLUICE_KILLS ?? 12);

/** @param hours that are over */
async function started(hours: number) {
  const clock = { ms: (START + hours * HOUR + 1900) * 1000 };
  const money = await moneyLedger(() => clock.ms, { chargeNanoUsd: "sluice_charge_nano_usd" });
  const { server } = money;
  const metrics = new MetricStore();
  const port = await serve(
    awsEndpoint({
      json: cloudWatchOperations(metrics),
      query: {},
      dynamodb: (_, response) => void response.destroy(),
      s3: async (_, response) => void response.destroy(),
    }),
  );
  const cloudWatch = new CloudWatchClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: "us-east-1",
    credentials: LOCAL_CREDENTIALS,
  });
  onTestFinished(() => cloudWatch.destroy());
  /** What `publish-cost` writes for an hour. */
  const publish = (hour: number, usd: Readonly<Record<string, number>>) => {
    const costs = Object.entries(usd).map(([model, each]) => ({ model, usd: each, usdPerMillionTokens: undefined }));
    const time = (START + (hour + 1) * HOUR) * 1000 - 1;
    for (const line of metricLines({ environment: "test", time, costs })) ingestEmf(line, metrics);
  };
  const ship = async (name: string, events: readonly UsageEvent[]) => {
    const text = events.map((event) => `${JSON.stringify(event)}\n`).join("");
    await server.usageFiles.write(segmentKey(name), gzipSync(text));
  };
  const sumsOf = (client: DynamoDBDocumentClient) =>
    new DynamoUsageSums({ client, tableName: server.usageTable, now: () => clock.ms, retryMs: 1 });
  const amortise = (client = server.document) =>
    amortiseCosts(clock.ms, {
      pools: POOLS,
      files: server.usageFiles,
      sums: sumsOf(client),
      shares: new AmortisedShares(client, server.usageTable),
      costs: (from, to) => poolCosts({ environment: "test", pools: Object.keys(POOLS), from, to }, cloudWatch),
      now: () => clock.ms,
    });
  const countAll = async () => {
    const files = (await server.usageFiles.under("usage/segments/")).map(({ key }) => key);
    const tools = { files: server.usageFiles, sums: sumsOf(server.document), now: () => clock.ms };
    expect((await countFiles(files, tools)).errors).toEqual([]);
  };
  const secret = await server.owner("org-a");
  const { id: project } = await server.sdk(secret).projects.create({ name: "project" });
  const get = async (query: string, key = secret) => {
    const headers = { authorization: `Bearer ${key}` };
    const response = await fetch(`${server.url}/organization/costs?start_time=${START}&limit=20&${query}`, { headers });
    return { status: response.status, text: await response.text() };
  };
  /** Nano-dollars that the costs API has, by the value of a group. */
  const paid = async (group: string) => {
    const { text } = await get(`amount=cost&group_by[]=${group}`);
    const results: Record<string, string | { value: number }>[] = JSON.parse(text).data.flatMap(
      (bucket: { results: unknown[] }) => bucket.results,
    );
    const sums: Record<string, number> = {};
    for (const result of results) {
      const name = String(result[group]);
      sums[name] = (sums[name] ?? 0) + Math.round((result.amount as { value: number }).value * 1e9);
    }
    return sums;
  };
  const recount = async (start: number, width: "1h" | "1d", apply = false) => {
    const sent = { start_time: start, width, apply };
    const response = await server.post("/organization/usage/recounts", secret, sent);
    return (await response.json()) as { num_differences: number };
  };
  return { ...money, clock, secret, project, publish, ship, amortise, countAll, get, paid, recount };
}

const at = (hour: number, seconds = 60) => new Date((START + hour * HOUR + seconds) * 1000).toISOString();
/** Of a pool's tokens alone, with no cost of a provider. */
const plain = { inputCachedTokens: 0, reasoningTokens: 0, costNanoUsd: 0 };

// documented: amortised-costs
test("what pools cost in an hour is in the sums of those who used them, once, after any number of runs and kills; a recount finds nothing wrong", async () => {
  const { server, clock, project, publish, ship, amortise, countAll, paid, recount, killedAfter } = await started(4);
  const below = seededNumbers(7);
  const usd = [0, 1, 2, 3].map((hour) => ({ small: 1.006 + hour / 7, large: 24.1 + hour / 3 }));
  const events = [0, 1, 3].flatMap((hour) =>
    Array.from({ length: 12 }, (_, index) =>
      usageEvent({
        ...plain,
        id: `req_${hour}_${index}`,
        projectId: project,
        keyId: `key${below(40)}`,
        target: (["small", "large", "openai/gpt"] as const)[below(3)],
        model: "chat",
        endedAt: at(hour, below(HOUR)),
        inputTokens: below(9000),
        outputTokens: below(900),
      }),
    ),
  );
  for (const hour of [0, 1, 3])
    await ship(
      segmentName((START + hour * HOUR) * 1000, "test", hour),
      events.filter(({ id }) => id.startsWith(`req_${hour}_`)),
    );
  for (const [hour, costs] of usd.entries()) publish(hour, costs);
  // Published twice, as when Lambda repeats a call.
  publish(1, usd[1] ?? {});
  for (let round = 0; round < ROUNDS; round++) {
    await amortise(killedAfter(below(60), below(2) === 0)).catch(() => []);
    if (below(3) === 0) await recount(START + below(4) * HOUR, "1h", below(2) === 0);
    if (below(6) === 0) await recount(START, "1d", below(2) === 0);
  }
  await countAll();
  expect(await amortise()).toEqual([]);
  const whole = usd.reduce((sum, { small, large }) => sum + Math.round(small * 1e9) + Math.round(large * 1e9), 0);
  const sum = (sums: Readonly<Record<string, number>>) => Object.values(sums).reduce((all, one) => all + one, 0);
  for (const group of ["project_id", "api_key_id", "user_id"]) expect(sum(await paid(group))).toBe(whole);
  // The third hour had no request: its cost is nobody's.
  expect((await paid("project_id")).null).toBeGreaterThanOrEqual(Math.round((usd[2]?.large ?? 0) * 1e9));
  for (let hour = 0; hour < 4; hour++)
    expect(await recount(START + hour * HOUR, "1h")).toMatchObject({ num_differences: 0 });
  clock.ms += 2 * DAY * 1000;
  server.clock.ms += DAY * 1000;
  expect(await recount(START, "1d")).toMatchObject({ num_differences: 0 });
}, 300_000);

describe("the costs of the operator", () => {
  test("have a line item for each model, and are of no request, project or month that has none", async () => {
    const { server, secret, project, publish, ship, amortise, countAll, get } = await started(1);
    const event = usageEvent({ ...plain, projectId: project, target: "small", model: "chat", endedAt: at(0) });
    await ship(segmentName(START * 1000, "test", 0), [event]);
    publish(0, { small: 1.5, large: 2 });
    await countAll();
    await amortise();
    const items = JSON.parse((await get("amount=cost&group_by[]=line_item")).text).data[0].results;
    expect(
      items.map(({ line_item: item, quantity, amount }: Record<string, unknown>) => [item, quantity, amount]),
    ).toEqual([
      ["chat", 17, { value: 1.5, currency: "usd" }],
      ["large", 0, { value: 2, currency: "usd" }],
    ]);
    const charges = JSON.parse((await get("group_by[]=project_id")).text).data[0].results;
    expect(charges).toMatchObject([{ project_id: project, amount: { value: 0.000002 } }]);
    const usage = await server.sdk(secret).usage.completions({ start_time: START, group_by: ["project_id"] });
    expect(usage.data.flatMap(({ results }) => results)).toMatchObject([
      { project_id: project, num_model_requests: 1 },
    ]);
  });

  test("are refused to other organisations", async () => {
    const { server, get } = await started(1);
    const { status, text } = await get("amount=cost", await server.owner("org-b"));
    expect([status, JSON.parse(text).error.param]).toEqual([400, "amount"]);
  });

  test("of an hour are not counted before its files are complete, and an hour without a published cost is an error after three hours", async () => {
    const { clock, publish, ship, amortise, paid } = await started(1);
    await ship(segmentName(START * 1000, "test", 0), [usageEvent({ ...plain, target: "small", endedAt: at(0) })]);
    clock.ms -= 200_000;
    publish(0, { small: 1 });
    expect(await amortise()).toEqual([]);
    expect(await paid("project_id")).toEqual({});
    clock.ms += 200_000;
    expect(await amortise()).toEqual([]);
    expect(await paid("project_id")).toEqual({ proj_1: 1_000_000_000 });
    await ship(segmentName((START + HOUR) * 1000, "test", 0), [
      usageEvent({ ...plain, target: "small", endedAt: at(1) }),
    ]);
    clock.ms += HOUR * 1000;
    expect(await amortise()).toEqual([]);
    clock.ms += 3 * HOUR * 1000;
    expect((await amortise()).map(({ message }) => message)).toEqual([
      expect.stringMatching(/^amortised \d{4}-\d\d-\d\dT01: .*was not published: see the log of publish-cost$/),
    ]);
    publish(1, { small: 2 });
    expect(await amortise()).toEqual([]);
    expect(await paid("project_id")).toEqual({ proj_1: 3_000_000_000 });
  });
});
