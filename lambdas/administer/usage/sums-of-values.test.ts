import { describe, expect, test } from "vitest";
import type { UsageEvent } from "../../../contracts/usage/usage-event.ts";
import { seededNumbers, usageEvent } from "../../../domain/usage/test/usage-events.ts";
import { sumsOf, usageKind } from "../../../domain/usage/usage-sums.ts";
import type { BucketsQuery } from "./buckets-query.ts";
import { dailySums, storedUsage } from "./test/stored-usage.ts";
import { usageBuckets } from "./usage-buckets.ts";

const DAY = 86_400;
const START = Date.parse("2026-03-01T00:00:00Z") / 1000;
const ROUTES = ["/v1/chat/completions", "/v1/embeddings"] as const;

const endedAt = (day: number) => new Date((START + day * DAY + 60) * 1000).toISOString();

/** Days in which each of so many keys, of a user and a project each, has one request. */
function daysOf(days: number, keys: number): readonly UsageEvent[] {
  return Array.from({ length: days * keys }, (_, index) => {
    const [day, key] = [Math.floor(index / keys), index % keys];
    const owner = { keyId: `k${key}`, userId: `u${key}`, projectId: `p${key % 100}` };
    return usageEvent({ id: String(index), endedAt: endedAt(day), model: `m${index % 3}`, ...owner });
  });
}

const query = (days: number, fields: Partial<BucketsQuery>): BucketsQuery => ({
  width: "1d",
  start: START,
  end: START + days * DAY,
  limit: days,
  groupBy: ["model"],
  filters: {},
  ...fields,
});

/** What a query's buckets must have, by the events alone: of each day the charge and requests by model. */
function expectedOf(events: readonly UsageEvent[], { start, end, filters }: BucketsQuery) {
  const isWanted = (event: UsageEvent) =>
    Date.parse(event.endedAt) / 1000 >= start &&
    Date.parse(event.endedAt) / 1000 < end &&
    (filters.projectId?.includes(event.projectId ?? "") ?? true) &&
    (filters.userId?.includes(event.userId ?? "") ?? true) &&
    (filters.keyId?.includes(event.keyId ?? "") ?? true) &&
    (filters.kind?.includes(usageKind(event)) ?? true);
  const sums = new Map<string, number[]>();
  for (const event of events.filter(isWanted)) {
    const name = `${event.endedAt.slice(0, 10)} ${event.model}`;
    const [requests = 0, charge = 0] = sums.get(name) ?? [];
    sums.set(name, [requests + 1, charge + sumsOf(event).chargeNanoUsd]);
  }
  return Object.fromEntries(sums);
}

/** The same by the stored sums, page by page. */
async function foundOf(source: Parameters<typeof usageBuckets>[0], sent: BucketsQuery) {
  const sums: Record<string, number[]> = {};
  for (let start: number | undefined = sent.start; start !== undefined; ) {
    const { buckets, next } = await usageBuckets(source, { ...sent, start });
    for (const bucket of buckets)
      for (const group of bucket.groups)
        sums[`${new Date(bucket.start * 1000).toISOString().slice(0, 10)} ${group.values.model}`] = [
          group.sums.requests,
          group.sums.chargeNanoUsd,
        ];
    start = next;
  }
  return sums;
}

describe("the usage of a key or a user by model", () => {
  // documented: usage-of-a-user
  test("is one page of a month, read from little more than one day's sums of all users", async () => {
    const events = daysOf(31, 700);
    const { source, reads } = storedUsage(dailySums(events));
    for (const filters of [{ userId: ["u7"] }, { keyId: ["k7"] }, { keyId: ["k7", "k8"], userId: ["u7", "u8"] }]) {
      const sent = query(31, { filters: { ...filters, kind: ["completions"] } });
      reads.sums = 0;
      const { buckets, next } = await usageBuckets(source, sent);
      expect([buckets.length, next]).toEqual([31, undefined]);
      expect(await foundOf(source, sent)).toEqual(expectedOf(events, sent));
      expect(reads.sums).toBeLessThan(2 * (700 + 4 * 251 + 31 * 8));
    }
  });

  test("is whole where a project has it on one day alone, and where a day has no sums of it", async () => {
    const own = [1, 5, 6, 20].map((day) =>
      usageEvent({
        id: `own-${day}`,
        endedAt: endedAt(day),
        userId: "wanderer",
        projectId: `p${day}`,
        keyId: `w${day}`,
      }),
    );
    const events = [...daysOf(25, 600), ...own];
    const { source } = storedUsage(dailySums(events));
    const sent = query(25, { filters: { userId: ["wanderer"] } });
    expect(Object.keys(await foundOf(source, sent))).toHaveLength(4);
    expect(await foundOf(source, sent)).toEqual(expectedOf(events, sent));
  });

  test("is whole where the sums by user are not those of the same requests, for little more than to read all", async () => {
    const events = daysOf(40, 700);
    const additions = dailySums(events).map((addition) =>
      addition.series.startsWith("1d user ")
        ? { ...addition, sums: { ...addition.sums, failedRequests: 5 } }
        : addition,
    );
    const { source, reads } = storedUsage(additions);
    const sent = query(40, { filters: { userId: ["u7"] } });
    expect(await foundOf(source, sent)).toEqual(expectedOf(events, sent));
    expect(reads.sums).toBeLessThan(2 * 40 * 700);
    expect(reads.queries).toBeLessThan(400);
  });

  test("reads each project of a bucket once, where each of the newest buckets shows one project more", async () => {
    const own = Array.from({ length: 31 }, (_, day) => day).flatMap((day) => {
      const projects = Array.from({ length: 8 }, (_, project) => project).filter((one) => day < 23 || one === 30 - day);
      const owner = { userId: "wanderer", keyId: "w" };
      return projects.map((one) =>
        usageEvent({ id: `own-${day}-${one}`, endedAt: endedAt(day), projectId: `p${one}`, ...owner }),
      );
    });
    const events = [...daysOf(31, 300), ...own];
    const { source, reads } = storedUsage(dailySums(events));
    const sent = query(31, { filters: { userId: ["wanderer"] } });
    expect(await foundOf(source, sent)).toEqual(expectedOf(events, sent));
    // Of each of 31 days: the sum of the user, and the sums of 8 projects; of 8 days all four parts.
    expect(reads.queries).toBeLessThan(31 * 9 + 8 * 4 + 10);
  });

  test("is for any users, keys, projects and kinds what the events say", async () => {
    const random = seededNumbers(17);
    const pick = (prefix: string, below: number) => `${prefix}${random(below)}`;
    for (let round = 0; round < 12; round++) {
      const [days, users, projects] = [2 + random(12), 1 + random(12), 1 + random(20)];
      const events = Array.from({ length: 2500 }, (_, index) =>
        usageEvent({
          id: String(index),
          endedAt: endedAt(random(days)),
          userId: random(9) === 0 ? undefined : pick("u", users),
          keyId: pick("k", 300),
          projectId: random(30) === 0 ? undefined : pick("p", projects),
          model: pick("m", 4),
          route: ROUTES[random(2)] ?? ROUTES[0],
          isBatch: random(2) === 0,
          chargeNanoUsd: random(1000) === 0 ? 0 : random(1_000_000),
        }),
      );
      const { source } = storedUsage(dailySums(events));
      for (let each = 0; each < 6; each++) {
        const some = (prefix: string, below: number) =>
          random(2) === 0 ? undefined : Array.from({ length: random(12) }, () => pick(prefix, below));
        const all = {
          userId: random(2) === 0 ? ["u1", "u0", "u1"] : some("u", users),
          keyId: random(2) === 0 ? [pick("k", 300)] : some("k", 300),
          projectId: some("p", projects),
          kind: random(2) === 0 ? undefined : ["embeddings"],
        };
        const filters = Object.fromEntries(Object.entries(all).filter(([, values]) => values !== undefined));
        const sent = query(days, { filters });
        expect(await foundOf(source, sent), JSON.stringify([round, each, filters])).toEqual(expectedOf(events, sent));
      }
    }
  });
});
