import { BatchWriteCommand } from "@aws-sdk/lib-dynamodb";
import type OpenAI from "openai";
import { describe, expect, test } from "vitest";
import { CostsPage } from "../contracts/control/usage.ts";
import { USAGE_STORED_SECONDS } from "../contracts/usage/usage-counter.ts";
import type { UsageEvent } from "../contracts/usage/usage-event.ts";
import { seededNumbers, usageEvent } from "../domain/usage/test/usage-events.ts";
import { usageAdditions } from "../domain/usage/usage-sums.ts";
import { controlServer } from "./test/control-server.ts";

type Usage = OpenAI["admin"]["organization"]["usage"];
type Page = Awaited<ReturnType<Usage["completions"] | Usage["costs"]>>;
const DAY = 86_400;
/** The clock of the control server is some minutes behind this. */
const NOW = 1_790_000_000;
const TODAY = Math.floor(NOW / DAY) * DAY;

/** An organisation whose usage is that of events in the last three days. */
async function used(events: readonly UsageEvent[]) {
  const server = await controlServer();
  const secret = await server.owner("org-a");
  const puts = usageAdditions(events).map(({ series, entry, sums }) => ({
    PutRequest: { Item: { series, entry, ...sums } },
  }));
  for (let index = 0; index < puts.length; index += 25) {
    const RequestItems = { [server.usageTable]: puts.slice(index, index + 25) };
    await server.document.send(new BatchWriteCommand({ RequestItems }));
  }
  const get = async (path: string) => {
    const response = await fetch(`${server.url}/organization/${path}`, {
      headers: { authorization: `Bearer ${secret}` },
    });
    return { status: response.status, body: (await response.json()) as { error: { message: string; param: string } } };
  };
  return { ...server, secret, organization: server.sdk(secret), get };
}

const below = seededNumbers(5);
const some = <T>(values: readonly T[]): T => values[below(values.length)] as T;
const EVENTS: readonly UsageEvent[] = Array.from({ length: 120 }, (_, index) => {
  const isEmbedding = below(4) === 0;
  return usageEvent({
    id: `req_${index}`,
    endedAt: new Date((TODAY - 2 * DAY + below(2 * DAY + 600)) * 1000).toISOString(),
    route: isEmbedding ? "/v1/embeddings" : "/v1/chat/completions",
    projectId: some(["proj_a", "proj_b"]),
    userId: some(["user-a", undefined]),
    keyId: some(["aaaaaaaaaaaa", "bbbbbbbbbbbb"]),
    model: some(["tiny", "chat, large"]),
    isBatch: below(3) === 0,
    inputTokens: below(1000),
    outputTokens: isEmbedding ? 0 : below(1000),
    chargeNanoUsd: 2000 + below(1_000_000),
    inputChargeNanoUsd: below(2000),
    status: below(5) === 0 ? 503 : 200,
    durationMs: below(9000),
    firstTokenMs: some([undefined, below(900)]),
  });
});
const isEmbedding = ({ route }: UsageEvent) => route === "/v1/embeddings";
const isFailed = ({ status }: UsageEvent) => status >= 400;
const sumOf = (events: readonly UsageEvent[], value: (event: UsageEvent) => number) =>
  events.reduce((sum, event) => sum + value(event), 0);
const OF_EVENT = {
  project_id: ({ projectId }: UsageEvent) => projectId ?? null,
  user_id: ({ userId }: UsageEvent) => userId ?? null,
  api_key_id: ({ keyId }: UsageEvent) => `key_${keyId}`,
  model: ({ model }: UsageEvent) => model,
  batch: ({ isBatch }: UsageEvent) => isBatch,
} as const;
type Group = keyof typeof OF_EVENT;

/** Results as the published page has them, of the events of each bucket. */
function expected(events: readonly UsageEvent[], width: number, groups: readonly Group[]) {
  const wanted = events.filter((event) => !isEmbedding(event));
  const of = (event: UsageEvent) => Math.floor(Date.parse(event.endedAt) / 1000 / width) * width;
  const names = Map.groupBy(wanted, (event) =>
    JSON.stringify([of(event), ...groups.map((group) => OF_EVENT[group](event))]),
  );
  return [...names].map(([name, same]) => [
    name,
    same.length,
    sumOf(same, ({ inputTokens }) => inputTokens),
    sumOf(same, ({ inputCachedTokens }) => inputCachedTokens),
    sumOf(same, ({ outputTokens }) => outputTokens),
    same.filter(isFailed).length,
    same.filter((event) => !isFailed(event)).length,
    sumOf(same, (event) => (isFailed(event) ? 0 : event.durationMs)),
    same.filter((event) => !isFailed(event) && event.firstTokenMs !== undefined).length,
    sumOf(same, (event) => (isFailed(event) ? 0 : (event.firstTokenMs ?? 0))),
  ]);
}

interface Result {
  readonly [group: string]: unknown;
}
const results = (page: Page) =>
  page.data.flatMap(({ start_time, results: all }) =>
    (all as unknown as readonly Result[]).map((result) => ({ start: start_time, result })),
  );
const shown = (page: Page, groups: readonly Group[]) =>
  results(page).map(({ start, result }) => [
    JSON.stringify([start, ...groups.map((group) => result[group])]),
    result.num_model_requests,
    result.input_tokens,
    result.input_cached_tokens,
    result.output_tokens,
    result.num_failed_requests,
    result.num_timed_requests,
    result.duration_ms,
    result.num_streamed_requests,
    result.first_token_ms,
  ]);
const sorted = (rows: readonly (readonly unknown[])[]) => rows.map((row) => JSON.stringify(row)).sort();

describe("usage of completions in the control API", () => {
  // documented: control-usage
  test("is that of the events for every set of groups, with filters, in days, hours and minutes", async () => {
    const { organization } = await used(EVENTS);
    const groups = Object.keys(OF_EVENT) as readonly Group[];
    const subsets = Array.from({ length: 2 ** groups.length }, (_, bits) =>
      groups.filter((_group, index) => (bits >> index) % 2 === 1),
    );
    for (const group_by of subsets) {
      const page = await organization.usage.completions({ start_time: TODAY - 2 * DAY, group_by: [...group_by] });
      expect(page.data.map(({ start_time }) => start_time)).toEqual([TODAY - 2 * DAY, TODAY - DAY, TODAY]);
      expect([page.has_more, page.next_page]).toEqual([false, null]);
      expect(sorted(shown(page, group_by)), group_by.join()).toEqual(sorted(expected(EVENTS, DAY, group_by)));
    }
    const hours = { start_time: TODAY - 2 * DAY, bucket_width: "1h", limit: 60 } as const;
    const page = await organization.usage.completions({ ...hours, group_by: ["model"] });
    expect(sorted(shown(page, ["model"]))).toEqual(sorted(expected(EVENTS, 3600, ["model"])));
    const filtered = await organization.usage.completions({
      start_time: TODAY - 2 * DAY,
      project_ids: ["proj_a", "proj_none"],
      api_key_ids: ["key_aaaaaaaaaaaa"],
      models: ["chat, large"],
      batch: false,
      group_by: ["user_id"],
    });
    const matching = EVENTS.filter(
      ({ projectId, keyId, model, isBatch }) =>
        projectId === "proj_a" && keyId === "aaaaaaaaaaaa" && model === "chat, large" && !isBatch,
    );
    expect(matching.length).toBeGreaterThan(2);
    expect(sorted(shown(filtered, ["user_id"]))).toEqual(sorted(expected(matching, DAY, ["user_id"])));
    const byUser = await organization.usage.completions({ start_time: TODAY - 2 * DAY, user_ids: ["user-a"] });
    const ofUser = EVENTS.filter(({ userId }) => userId === "user-a");
    expect(sorted(shown(byUser, []))).toEqual(sorted(expected(ofUser, DAY, [])));
  });

  test("comes in pages that have all buckets once, by next_page", async () => {
    const { organization } = await used(EVENTS);
    const query = { start_time: TODAY - DAY, end_time: TODAY, bucket_width: "1m", limit: 500 } as const;
    const starts: number[] = [];
    const rows: (readonly unknown[])[] = [];
    let page: string | undefined;
    for (;;) {
      const found = await organization.usage.completions({ ...query, ...(page === undefined ? {} : { page }) });
      starts.push(...found.data.map(({ start_time }) => start_time));
      rows.push(...shown(found, []));
      if (!found.has_more) break;
      page = found.next_page ?? "";
    }
    expect(starts).toEqual(Array.from({ length: 1440 }, (_, minute) => TODAY - DAY + 60 * minute));
    const inTime = EVENTS.filter(({ endedAt }) => endedAt < new Date(TODAY * 1000).toISOString());
    const yesterday = inTime.filter(({ endedAt }) => endedAt >= new Date((TODAY - DAY) * 1000).toISOString());
    expect(sorted(rows)).toEqual(sorted(expected(yesterday, 60, [])));
  });

  test("of all times begins on the second page with the first day that has some, and ends with the last one, however late its end", async () => {
    const { organization, get } = await used(EVENTS);
    const end_time = 9_999_999_999;
    const pages: Page[] = [];
    for (let page: string | null = ""; page !== null; ) {
      const query = { start_time: 0, end_time, limit: 31, ...(page === "" ? {} : { page }) };
      const found = await organization.usage.completions(query);
      pages.push(found);
      page = found.next_page;
    }
    expect(pages.map(({ data }) => [data[0]?.start_time, data.length])).toEqual([
      [0, 31],
      [TODAY - 2 * DAY, 31],
      [TODAY + 29 * DAY, 31],
    ]);
    expect(sorted(pages.flatMap((page) => shown(page, [])))).toEqual(sorted(expected(EVENTS, DAY, [])));
    const costs = await organization.usage.costs({ start_time: 0, limit: 7 });
    expect(costs.next_page).toMatch(new RegExp(`^page_${TODAY - 2 * DAY}_[0-9a-f]{12}$`));
    const minutes = await get(`usage/completions?start_time=${NOW}&end_time=${end_time}&bucket_width=1m&limit=1440`);
    expect(minutes).toMatchObject({ status: 200, body: { has_more: false } });
    const unused = await (await used([])).organization.usage.costs({ start_time: 0 });
    expect([unused.data.length, unused.has_more]).toEqual([7, false]);
  });

  test("is charged the same by hours and by days, each hour in the day that has it", async () => {
    const { organization, secret, url } = await used(EVENTS);
    const charges = async (width: string) => {
      const path = `${url}/organization/costs?start_time=${TODAY - 2 * DAY}&bucket_width=${width}&limit=180&group_by[]=line_item`;
      const response = await fetch(path, { headers: { authorization: `Bearer ${secret}` } });
      const { data } = CostsPage.parse(await response.json());
      const sums = new Map<string, number>();
      for (const { start_time, results: costs } of data)
        for (const { line_item, amount } of costs) {
          const name = `${Math.floor(start_time / DAY)} ${line_item}`;
          sums.set(name, (sums.get(name) ?? 0) + Math.round(amount.value * 1e9));
        }
      return sums;
    };
    const days = await charges("1d");
    expect([...days.values()].some((nano) => nano > 0)).toBe(true);
    expect(await charges("1h")).toEqual(days);
    expect((await organization.usage.costs({ start_time: TODAY - DAY })).data).toHaveLength(2);
  });

  test("takes lists with and without brackets, and has the current bucket", async () => {
    const { organization, secret, url } = await used([usageEvent({ endedAt: new Date(NOW * 1000).toISOString() })]);
    const current = await organization.usage.completions({ start_time: NOW });
    expect(results(current)).toHaveLength(1);
    const path = `${url}/organization/usage/completions?start_time=${NOW}&group_by=model&group_by=project_id`;
    const response = await fetch(path, { headers: { authorization: `Bearer ${secret}` } });
    const body = (await response.json()) as Page;
    expect(results(body)[0]?.result).toMatchObject({ model: expect.any(String), project_id: expect.any(String) });
  });

  test("is that of an organisation's own projects, where it is not the operator's", async () => {
    const { owner, sdk } = await used([]);
    const other = sdk(await owner("org-b"));
    const project = await other.projects.create({ name: "b" });
    expect(results(await other.usage.completions({ start_time: TODAY - DAY }))).toEqual([]);
    const events = [usageEvent({ endedAt: new Date(NOW * 1000).toISOString(), projectId: project.id, inputTokens: 5 })];
    const shared = await used([...EVENTS, ...events]);
    const b = shared.sdk(await shared.owner("org-b"));
    await shared.store.write("org-b", [
      { action: "create", record: { kind: "project", version: 1, id: project.id, name: "b", createdAt: 1 } },
    ]);
    const own = await b.usage.completions({ start_time: TODAY - 2 * DAY, group_by: ["project_id"] });
    expect(results(own).map(({ result }) => [result.project_id, result.input_tokens])).toEqual([[project.id, 5]]);
    const foreign = await b.usage.costs({ start_time: TODAY - 2 * DAY, project_ids: ["proj_a"] });
    expect(results(foreign)).toEqual([]);
  });

  test.each([
    ["no start_time", "usage/completions", "start_time"],
    ["an end before the start", `usage/completions?start_time=${NOW}&end_time=${NOW}`, "end_time"],
    ["an unknown group", `usage/completions?start_time=${NOW}&group_by[]=service_tier`, "group_by[0]"],
    ["too many buckets", `usage/completions?start_time=${NOW}&limit=32`, "limit"],
    ["a page that is none", `usage/completions?start_time=${NOW}&page=next`, "page"],
    ["batches of embeddings", `usage/embeddings?start_time=${NOW}&batch=true`, "batch"],
    ["minutes of costs", `costs?start_time=${NOW}&bucket_width=1m`, "bucket_width"],
    [
      "minutes that are deleted",
      `usage/completions?bucket_width=1m&start_time=${NOW - (USAGE_STORED_SECONDS["1m"] ?? 0) - 60}`,
      "start_time",
    ],
  ])("refuses %s with the field", async (_, path, param) => {
    const { get } = await used([]);
    const { status, body } = await get(path);
    expect([status, body.error.param ?? ""]).toEqual([400, param]);
  });

  test("is not found where the environment stores none", async () => {
    const server = await controlServer({ usage: undefined });
    const organization = server.sdk(await server.owner("org-a"));
    await expect(organization.usage.completions({ start_time: NOW })).rejects.toThrow(/stores no usage/);
    const limit = { currency: "USD", interval: "month", threshold_amount: 1 } as const;
    await expect(organization.spendLimit.update(limit)).rejects.toThrow(/stores no usage/);
  });
});

describe("usage of embeddings in the control API", () => {
  test("is that of the events by key", async () => {
    const { organization } = await used(EVENTS);
    const page = await organization.usage.embeddings({ start_time: TODAY - 2 * DAY, group_by: ["api_key_id"] });
    const total = results(page).reduce((sum, { result }) => sum + Number(result.input_tokens), 0);
    expect(total).toBe(sumOf(EVENTS.filter(isEmbedding), ({ inputTokens }) => inputTokens));
    expect(new Set(results(page).map(({ result }) => result.api_key_id))).toEqual(
      new Set(["key_aaaaaaaaaaaa", "key_bbbbbbbbbbbb"]),
    );
  });
});

describe("costs in the control API", () => {
  // documented: control-costs
  test("are what the events charge, to the nano-dollar, in total and by line item, project, user and key", async () => {
    const { organization } = await used(EVENTS);
    const charge = sumOf(EVENTS, ({ chargeNanoUsd }) => chargeNanoUsd);
    const nanoOf = (rows: ReturnType<typeof results>) =>
      rows.reduce((sum, { result }) => sum + Math.round((result.amount as { value: number }).value * 1e9), 0);
    const query = { start_time: TODAY - 2 * DAY };
    for (const group_by of [[], ["project_id"], ["line_item"], ["user_id", "api_key_id"], ["project_id", "line_item"]])
      expect(nanoOf(results(await organization.usage.costs({ ...query, group_by: group_by as [] })))).toBe(charge);
    const line_items = ["chat, large, input_tokens"];
    const inputs = EVENTS.filter(({ model }) => model === "chat, large");
    const ofInput = sumOf(inputs, ({ inputChargeNanoUsd }) => inputChargeNanoUsd);
    const [apart, together] = [
      results(await organization.usage.costs({ ...query, line_items, group_by: ["line_item"] })),
      results(await organization.usage.costs({ ...query, line_items })),
    ];
    expect([nanoOf(apart), nanoOf(together)]).toEqual([ofInput, ofInput]);
    expect(together.map(({ result }) => result.line_item)).toEqual(together.map(() => null));
    expect(apart.reduce((sum, { result }) => sum + Number(result.quantity), 0)).toBe(
      sumOf(inputs, ({ inputTokens }) => inputTokens),
    );
    const ofKey = { ...query, api_key_ids: ["key_aaaaaaaaaaaa"], group_by: ["user_id" as const] };
    const users = results(await organization.usage.costs(ofKey)).map(({ result }) => result.user_id);
    expect(new Set(users)).toEqual(new Set(["user-a", null]));
  });

  test("write a billionth of a dollar as such", async () => {
    const at = new Date(NOW * 1000).toISOString();
    const { organization } = await used([usageEvent({ endedAt: at, chargeNanoUsd: 1_234_567_891_234 })]);
    const page = await organization.usage.costs({ start_time: NOW });
    expect(JSON.stringify(results(page)[0]?.result.amount)).toBe('{"value":1234.567891234,"currency":"usd"}');
  });
});

describe("spend limits in the control API", () => {
  const CENTS = { currency: "USD", interval: "month", threshold_amount: 5 } as const;

  // documented: control-spend-limits
  test("are a limit of money of the subject, and enforcing once the month's charge reaches it", async () => {
    const charge = { endedAt: new Date(NOW * 1000).toISOString(), chargeNanoUsd: 40_000_000 };
    const before = usageEvent({ ...charge, id: "req_before", endedAt: "2020-01-31T23:59:59.000Z" });
    const { organization, store } = await used([usageEvent({ ...charge, projectId: "proj_a" }), before]);
    await store.write("org-a", [
      { action: "create", record: { kind: "project", version: 1, id: "proj_a", name: "a", createdAt: 1 } },
    ]);
    const { spendLimit, projects } = organization;
    await expect(spendLimit.retrieve()).rejects.toThrow(/has no spend limit/);
    expect(await spendLimit.update(CENTS)).toEqual({
      object: "organization.spend_limit",
      ...CENTS,
      enforcement: { status: "inactive" },
    });
    const reached = await projects.spendLimit.update("proj_a", { ...CENTS, threshold_amount: 4 });
    expect(reached.enforcement.status).toBe("enforcing");
    expect(await projects.spendLimit.retrieve("proj_a")).toEqual(reached);
    expect(await store.get("org-a", { kind: "limits", ids: ["project", "proj_a"] })).toMatchObject({
      limits: [{ metric: "nano_usd", window: "month", max: 40_000_000 }],
    });
    await projects.spendLimit.update("proj_a", CENTS);
    expect((await projects.spendLimit.retrieve("proj_a")).threshold_amount).toBe(5);
    expect(await projects.spendLimit.delete("proj_a")).toEqual({
      object: "project.spend_limit.deleted",
      deleted: true,
    });
    expect((await spendLimit.delete()).deleted).toBe(true);
    await expect(spendLimit.delete()).rejects.toMatchObject({ status: 404 });
    const events = await organization.auditLogs.list({ resource_ids: ["organization", "proj_a"], limit: 9 });
    expect(events.data.map(({ type }) => type as string)).toEqual([
      "spend_limit.deleted",
      "spend_limit.deleted",
      "spend_limit.updated",
      "spend_limit.updated",
      "spend_limit.updated",
    ]);
  });
});
