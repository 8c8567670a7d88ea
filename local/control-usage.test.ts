import { describe, expect, test } from "vitest";
import { CostsPage } from "../contracts/control/usage.ts";
import { USAGE_STORED_SECONDS } from "../contracts/usage/usage-counter.ts";
import type { UsageEvent } from "../contracts/usage/usage-event.ts";
import { usageEvent } from "../domain/usage/test/usage-events.ts";
import {
  DAY,
  EVENTS,
  isEmbedding,
  NOW,
  type Page,
  results,
  sumOf,
  TODAY,
  used,
} from "./test/control/used-organization.ts";
import { controlServer } from "./test/control-server.ts";

const isFailed = ({ status }: UsageEvent) => status >= 400;
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
