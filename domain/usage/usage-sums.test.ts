import { describe, expect, it } from "vitest";
import { USAGE_SUMS } from "../../contracts/usage/usage-counter.ts";
import type { UsageEvent } from "../../contracts/usage/usage-event.ts";
import { seededNumbers, usageEvent } from "./test/usage-events.ts";
import { readUsageKey } from "./usage-keys.ts";
import {
  addSums,
  changedSums,
  isZero,
  readSums,
  subtractSums,
  sumsOf,
  UsageAdditions,
  usageAdditions,
} from "./usage-sums.ts";

const START_OF_MINUTE = Date.parse("2026-11-29T12:34:00Z") / 1000;

describe("usageAdditions", () => {
  it("adds an event to one item of each width and grouping, in its bucket", () => {
    const additions = usageAdditions([usageEvent()]);
    expect(additions).toHaveLength(18);
    const total = additions.find(({ series }) => series === "1m total 2026-11-29/0");
    expect(total).toEqual({
      series: "1m total 2026-11-29/0",
      entry: `${START_OF_MINUTE} completions`,
      expiresAt: START_OF_MINUTE + 8 * 86_400,
      sums: {
        requests: 1,
        failedRequests: 0,
        inputTokens: 10,
        inputCachedTokens: 4,
        inputCacheWriteTokens: 0,
        outputTokens: 7,
        reasoningTokens: 2,
        costNanoUsd: 1000,
        chargeNanoUsd: 2000,
        inputChargeNanoUsd: 500,
        timedRequests: 1,
        durationMs: 12,
        streamedRequests: 0,
        firstTokenMs: 0,
        // 12 ms.
        d13: 1,
      },
    });
    const days = additions.filter(({ series }) => series.startsWith("1d "));
    expect(new Set(days.map(({ expiresAt }) => expiresAt))).toEqual(new Set([undefined]));
    expect(days.map(({ series }) => series.split("/")[0]).sort()).toEqual(
      ["all", "key", "model", "project", "total", "user"].map((grouping) => `1d ${grouping} 2026`),
    );
  });

  it.each([
    ["/v1/moderations", "moderations"],
    ["/v1/embeddings", "embeddings"],
    ["/v1/messages", "completions"],
  ])("counts %s among %s", (route, kind) => {
    const [total] = usageAdditions([usageEvent({ route })]).filter(({ series }) => series.startsWith("1m total"));
    expect(total?.entry).toBe(`${START_OF_MINUTE} ${kind}`);
  });

  it("times requests that did not fail, in whole milliseconds, and first tokens of those that streamed", () => {
    const timesOf = (fields: Partial<UsageEvent>) => {
      const { failedRequests, timedRequests, durationMs, streamedRequests, firstTokenMs } = sumsOf(usageEvent(fields));
      return [failedRequests, timedRequests, durationMs, streamedRequests, firstTokenMs];
    };
    expect(timesOf({ durationMs: 812.6, firstTokenMs: 40.4 })).toEqual([0, 1, 813, 1, 40]);
    expect(timesOf({ durationMs: 812.6 })).toEqual([0, 1, 813, 0, 0]);
    expect(timesOf({ status: 503, durationMs: 30_000, firstTokenMs: 10 })).toEqual([1, 0, 0, 0, 0]);
  });

  it("adds the same for the same events in any order, and loses nothing of a thousand", () => {
    const below = seededNumbers(7);
    const events = Array.from({ length: 1000 }, (_, index) =>
      usageEvent({
        id: `req_${index}`,
        endedAt: new Date(Date.parse("2026-11-29T23:58:00Z") + below(240_000)).toISOString(),
        projectId: `proj ${below(3)}`,
        userId: below(3) === 0 ? undefined : `user%${below(5)}`,
        model: ["a b", "a", "ü/%20"][below(3)] ?? "",
        route: below(2) === 0 ? "/v1/embeddings" : "/v1/messages",
        status: below(10) === 0 ? 500 : 200,
        isBatch: below(2) === 0,
        chargeNanoUsd: below(1_000_000),
      }),
    );
    const additions = usageAdditions(events);
    expect(usageAdditions(events.toReversed())).toEqual(additions);
    const whole = events.map(sumsOf).reduce(addSums);
    for (const width of ["1m", "1h", "1d"])
      for (const grouping of ["total", "project", "user", "key", "model", "all"]) {
        const own = additions.filter(({ series }) => series.startsWith(`${width} ${grouping} `));
        expect(own.map(({ sums }) => sums).reduce(addSums)).toEqual(whole);
      }
    for (const { series, entry } of additions) expect(readUsageKey({ series, entry })).toBeDefined();
  });

  it("counts what no bucket may take apart: half a surrogate pair, and a model named with a blank", () => {
    const [addition] = usageAdditions([usageEvent({ model: "\ud800 x" })]).filter(({ series }) =>
      series.startsWith("1d model"),
    );
    expect(addition && readUsageKey(addition)?.values).toEqual(["\ufffd x", "completions"]);
  });
});

describe("UsageAdditions", () => {
  it("adds up what each event alone adds, for events that are equal, differ in one dimension, or are a minute apart", () => {
    const below = seededNumbers(11);
    const added = new UsageAdditions();
    const alone = new Map<string, ReturnType<typeof sumsOf>>();
    for (let index = 0; index < 500; index++) {
      const event = usageEvent({
        endedAt: new Date(Date.parse("2026-11-29T12:58:00Z") + below(240_000)).toISOString(),
        projectId: [undefined, "", "p"][below(3)],
        userId: [undefined, "p", "u"][below(3)],
        keyId: ["k", "u"][below(2)],
        model: ["a", "b"][below(2)] ?? "",
        route: ["/v1/embeddings", "/v1/moderations", "/v1/messages", "/v1/responses"][below(4)] ?? "",
        isBatch: below(2) === 0,
        chargeNanoUsd: below(1_000_000),
      });
      const widths = below(2) === 0 ? (["1m", "1h"] as const) : (["1h"] as const);
      added.add(event, sumsOf(event), widths);
      for (const { series, entry, sums } of usageAdditions([event])) {
        if (!widths.some((width) => series.startsWith(`${width} `))) continue;
        const name = `${series} ${entry}`;
        const before = alone.get(name);
        alone.set(name, before === undefined ? sums : addSums(before, sums));
      }
    }
    const found = added.inOrder().map(({ series, entry, sums }) => [`${series} ${entry}`, sums] as const);
    expect(new Map(found)).toEqual(alone);
    expect(found).toHaveLength(alone.size);
  });

  it("changes no addition that it gave before, and no sums that it was given", () => {
    const event = usageEvent();
    const sums = Object.freeze(sumsOf(event));
    const additions = new UsageAdditions();
    additions.add(event, sums);
    const before = additions.inOrder();
    additions.add(event, sums);
    expect(before.map((addition) => addition.sums.requests)).toEqual(Array.from({ length: 18 }, () => 1));
    expect(additions.inOrder().map((addition) => addition.sums.requests)).toEqual(Array.from({ length: 18 }, () => 2));
  });

  it("makes the keys of equal events of a minute once, which is most of the work of an hour's recount", () => {
    const event = usageEvent();
    let reads = 0;
    const counted = {
      ...event,
      get keyId() {
        reads++;
        return event.keyId;
      },
    };
    const additions = new UsageAdditions();
    for (let index = 0; index < 1000; index++) additions.add(counted, sumsOf(event));
    const [first] = additions.inOrder();
    expect(first?.sums.requests).toBe(1000);
    // Once for each event, and for the keys of two groupings in three widths.
    expect(reads).toBe(1000 + 6);
  });
});

describe("the counts of latencies", () => {
  it("are of requests that did not fail, and of first tokens of those that streamed", () => {
    const countsOf = (fields: Partial<UsageEvent>) =>
      Object.keys(sumsOf(usageEvent(fields))).filter((name) => /^[df]\d/.test(name));
    expect(countsOf({ durationMs: 812.6, firstTokenMs: 0.2 })).toEqual(["d34", "f0"]);
    expect(countsOf({ durationMs: 812.6 })).toEqual(["d34"]);
    expect(countsOf({ status: 503, durationMs: 30_000, firstTokenMs: 10 })).toEqual([]);
  });

  it("are read beside sums, and those that this release does not know are not", () => {
    const sums = readSums({ requests: 2, d7: 2, d76: 1, f3: "2", x7: 1, d7x: 1, f2: 1, d8: 0 });
    expect(Object.keys(sums).filter((name) => /\d/.test(name))).toEqual(["d7", "f2"]);
  });

  it("leave nothing where as many are taken back, and are added to items without any", () => {
    const [before, timed] = [readSums({ requests: 1 }), sumsOf(usageEvent())];
    expect(subtractSums(timed, timed)).toEqual(readSums({}));
    expect(isZero(subtractSums(addSums(before, timed), before))).toBe(false);
    expect(subtractSums(addSums(before, timed), before)).toEqual(timed);
    expect(changedSums(subtractSums(before, addSums(before, sumsOf(usageEvent({ status: 500 })))))).toEqual(
      changedSums(sumsOf(usageEvent({ status: 500 }))),
    );
  });
});

describe("readSums", () => {
  it("reads an item of a release with fewer or other sums", () => {
    const sums = readSums({ series: "s", entry: "e", requests: 2, outputTokens: "3", newSum: 9 });
    expect(sums.requests).toBe(2);
    expect(USAGE_SUMS.filter((name) => sums[name] !== 0)).toEqual(["requests"]);
  });
});
