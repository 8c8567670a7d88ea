import { percentiles } from "../../lib/percentile.ts";
import type { ControlStack } from "../control-api/control-stack.ts";

const DAY = 86_400;
/** Days that the dashboard shows at first. */
const DASHBOARD_DAYS = 30;
const WARM_UP = 3;

/** Milliseconds of the first page of usage and costs, and of all requests together that the console's dashboard sends for its first view. */
export async function usagePages(call: ControlStack["call"], rounds: number) {
  const now = Math.floor(Date.now() / 1000);
  const daysAgo = (days: number) => (Math.floor(now / DAY) - days + 1) * DAY;
  const completions = (rest: string) => () => call("GET", `/usage/completions?${rest}`);
  const costs = (rest: string) => () => call("GET", `/costs?${rest}`);
  const month = `start_time=${daysAgo(DASHBOARD_DAYS)}`;
  const dashboard = (by: string, item = by) => [
    completions(`${month}&limit=31&group_by[]=${by}&include[]=latency`),
    () => call("GET", `/usage/embeddings?${month}&limit=31&group_by[]=${by}&include[]=latency`),
    costs(`${month}&limit=180&group_by[]=${item}`),
  ];
  const pages: Readonly<Record<string, readonly (() => Promise<unknown>)[]>> = {
    "usage of a month by project": [completions(`${month}&limit=31&group_by[]=project_id`)],
    "usage of a month by model": [completions(`${month}&limit=31&group_by[]=model`)],
    "usage of a month by key": [completions(`${month}&limit=31&group_by[]=api_key_id`)],
    "usage of a month by project, model and key": [
      completions(`${month}&limit=31&group_by[]=project_id&group_by[]=model&group_by[]=api_key_id`),
    ],
    "usage of a project by model": [completions(`${month}&limit=31&group_by[]=model&project_ids[]=proj_00000007`)],
    "usage of a user by model": [completions(`${month}&limit=31&group_by[]=model&user_ids[]=user-00000007`)],
    "usage of 168 hours by model": [completions(`start_time=${daysAgo(7)}&bucket_width=1h&limit=168&group_by[]=model`)],
    "usage of a day by the minute": [completions(`start_time=${now - DAY}&bucket_width=1m&limit=1440`)],
    "costs of 180 days by line item": [costs(`start_time=${daysAgo(180)}&limit=180&group_by[]=line_item`)],
    "costs of a week by key": [costs(`start_time=${daysAgo(7)}&limit=7&group_by[]=api_key_id`)],
    "costs of 180 hours by project": [
      costs(`start_time=${daysAgo(7)}&bucket_width=1h&limit=180&group_by[]=project_id`),
    ],
    "the dashboard by model": dashboard("model", "line_item"),
    "the dashboard by project": dashboard("project_id"),
    "the dashboard by key": dashboard("api_key_id"),
  };
  const times: Record<string, object> = {};
  for (const [name, requests] of Object.entries(pages)) {
    const measured: number[] = [];
    let failed = 0;
    for (let round = -WARM_UP; round < rounds; round++) {
      const begun = performance.now();
      const found = await Promise.allSettled(requests.map((send) => send()));
      const ms = performance.now() - begun;
      if (found.some(({ status }) => status === "rejected")) failed++;
      else if (!found.some((each) => each.status === "fulfilled" && hasResults(each.value)))
        throw new Error(`${name} has no results`);
      else if (round >= 0) measured.push(ms);
    }
    times[name] = { ...percentiles(measured, 1), failed };
    console.error(name, times[name]);
  }
  return times;
}

function hasResults(page: unknown): boolean {
  const { data } = page as { readonly data: readonly { readonly results: readonly unknown[] }[] };
  return data.some(({ results }) => results.length > 0);
}
