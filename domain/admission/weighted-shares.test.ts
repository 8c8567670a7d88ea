import { describe, expect, test } from "vitest";
import { seededRandom } from "../../lib/seeded-random.ts";
import { AdmissionQueue } from "./admission-queue.ts";
import { QueueBudget } from "./queue-budget.ts";
import type { Waiting } from "./waiting.ts";
import { type ShareItem, WeightedShares } from "./weighted-shares.ts";

const SLOTS = 8;
/** Of the share with the fewest: one of them more is less than a percent. */
const SERVED = 200;
const TOKENS_PER_MS = 1;

interface Share {
  readonly id: string;
  readonly weight: number;
  /** Its requests have about so many tokens. */
  readonly tokens: number;
  /** Arrivals of it in a million. */
  readonly rate: number;
  readonly tenants: number;
}

/** A pool of some slots with a queue before it, in simulated time: a request takes as long as its tokens. */
class SimulatedPool {
  /** Tokens of each share. */
  readonly served = new Map<string, number>();
  /** Requests of each share that were refused or evicted. */
  readonly lost = new Map<string, number>();
  readonly violations: string[] = [];
  readonly counts = { arrived: 0, begun: 0, ended: 0, refused: 0, evicted: 0 };
  readonly queue: AdmissionQueue<Waiting>;
  readonly #random: () => number;
  readonly #shares: readonly Share[];
  #running: { readonly item: Waiting; readonly endsAt: number }[] = [];
  now = 0;

  constructor(seed: number, shares: readonly Share[], maxRequests: number) {
    const budget = new QueueBudget({ maxRequests, maxBytes: 1e9, isShared: false });
    this.queue = new AdmissionQueue<Waiting>({ budget, maxShareOfTenant: 1 });
    this.#random = seededRandom(seed);
    this.#shares = shares;
  }

  /** Arrivals for so long, each after a pause of exponential length. */
  run(milliseconds: number, isCounted: boolean): void {
    const rate = this.#shares.reduce((sum, share) => sum + share.rate, 0);
    for (const endsAt = this.now + milliseconds; this.now < endsAt; ) {
      this.#until(this.now - Math.log(1 - this.#random()) / rate, isCounted);
      let at = this.#random() * rate;
      const share = this.#shares.find((one) => {
        at -= one.rate;
        return at < 0;
      });
      if (share !== undefined) this.#arrive(share);
      this.#begin();
      if (this.queue.size > 0 && this.#running.length < SLOTS) this.violations.push("a slot is free while one waits");
    }
  }

  drain(): void {
    this.#until(Number.POSITIVE_INFINITY, false);
  }

  #arrive({ id, weight, tokens, tenants }: Share): void {
    const item: Waiting = {
      tenant: `${id}-${Math.floor(this.#random() * tenants)}`,
      share: { id, weight },
      priority: "normal",
      tokens: Math.max(1, Math.round(tokens * (0.2 + 1.6 * this.#random()))),
      bytes: 100,
      arrivedAt: this.now,
      deadline: Number.POSITIVE_INFINITY,
    };
    this.counts.arrived++;
    const offer = this.queue.offer(item, this.now);
    if (offer.outcome === "in") this.counts.evicted += offer.evicted.length;
    else this.counts.refused++;
    for (const { share } of offer.outcome === "in" ? offer.evicted : [item])
      this.lost.set(share.id, (this.lost.get(share.id) ?? 0) + 1);
  }

  #begin(): void {
    while (this.#running.length < SLOTS) {
      const item = this.queue.take(this.now);
      if (item === undefined) return;
      this.counts.begun++;
      this.#running.push({ item, endsAt: this.now + item.tokens / TOKENS_PER_MS });
    }
  }

  #until(time: number, isCounted: boolean): void {
    for (;;) {
      const first = this.#running.reduce((best, one) => (one.endsAt < best.endsAt ? one : best), {
        item: undefined as Waiting | undefined,
        endsAt: Number.POSITIVE_INFINITY,
      });
      if (first.item === undefined || first.endsAt > time) break;
      this.now = first.endsAt;
      this.#running = this.#running.filter(({ item }) => item !== first.item);
      this.counts.ended++;
      const { share, tokens } = first.item;
      if (isCounted) this.served.set(share.id, (this.served.get(share.id) ?? 0) + tokens);
      this.#begin();
    }
    if (Number.isFinite(time)) this.now = time;
  }
}

const partsOf = (values: readonly number[]) => {
  const sum = values.reduce((total, value) => total + value, 0);
  return values.map((value) => value / sum);
};

describe.each([1, 2, 3, 4, 5, 6, 7, 8])("a full pool that shares of random weights send to, seed %i", (seed) => {
  const random = seededRandom(seed);
  const shares = Array.from({ length: 2 + Math.floor(random() * 5) }, (_, index): Share => {
    const tokens = 50 + Math.floor(random() * 2000);
    // Each sends three times what the whole pool can serve.
    const rate = (3 * SLOTS * TOKENS_PER_MS) / tokens;
    return {
      id: `p${index}`,
      weight: 1 + Math.floor(random() * 8),
      tokens,
      rate,
      tenants: 1 + Math.floor(random() * 5),
    };
  });
  const weights = partsOf(shares.map(({ weight }) => weight));
  const times = shares.map(({ tokens }, index) => (SERVED * tokens) / (weights[index] ?? 1) / (SLOTS * TOKENS_PER_MS));
  const pool = new SimulatedPool(seed, shares, 300);
  pool.run(Math.max(...times) / 5, false);
  pool.run(Math.max(...times), true);

  // documented: weighted-shares
  test("serves each its part of the tokens by weight, within 5 percent, however large or many its requests are", () => {
    const served = partsOf(shares.map(({ id }) => pool.served.get(id) ?? 0));
    for (const [index, part] of served.entries())
      expect(Math.abs(part / (weights[index] ?? 0) - 1), JSON.stringify({ shares, served, weights })).toBeLessThan(
        0.05,
      );
  });

  test("leaves no slot free while a request waits, and loses none", () => {
    expect(pool.violations).toEqual([]);
    pool.drain();
    const { arrived, begun, ended, refused, evicted } = pool.counts;
    expect(begun).toBe(ended);
    expect(begun + refused + evicted).toBe(arrived);
    expect(pool.queue.size).toBe(0);
  });
});

test("a share that sends less than its part loses no request, however much another sends, which uses the rest", () => {
  const light = { id: "light", weight: 1, tokens: 500, rate: (0.2 * SLOTS * TOKENS_PER_MS) / 500, tenants: 1 };
  const greedy = { id: "greedy", weight: 1, tokens: 500, rate: (5 * SLOTS * TOKENS_PER_MS) / 500, tenants: 4 };
  const pool = new SimulatedPool(1, [light, greedy], 200);
  pool.run(20_000, false);
  const begun = pool.now;
  pool.run(200_000, true);
  const capacity = (pool.now - begun) * SLOTS * TOKENS_PER_MS;
  const part = (id: string) => (pool.served.get(id) ?? 0) / capacity;
  expect(pool.lost.get("light")).toBeUndefined();
  expect(pool.lost.get("greedy")).toBeGreaterThan(1000);
  expect(part("light") + part("greedy")).toBeGreaterThan(0.99);
});

const item = (id: string, weight: number, tokens: number): ShareItem => ({ tenant: id, share: { id, weight }, tokens });

test("two shares that always wait are served tokens by weight within the largest request of each", () => {
  const random = seededRandom(9);
  const shares = new WeightedShares<ShareItem>(1024);
  const served = { a: 0, b: 0 };
  const add = (id: "a" | "b") => shares.add(item(id, id === "a" ? 1 : 4, 1 + Math.floor(random() * 5000)));
  for (const id of ["a", "b", "a", "b"] as const) add(id);
  for (let round = 0; round < 5000; round++) {
    const taken = shares.take()!;
    const id = taken.share.id as "a" | "b";
    served[id] += taken.tokens;
    add(id);
    expect(Math.abs(served.a - served.b / 4)).toBeLessThanOrEqual(5000 + 5000 / 4);
  }
});

test("new shares that come without end do not hold up one that was served and waits", () => {
  const shares = new WeightedShares<ShareItem>(1024);
  shares.add(item("old", 1, 100_000));
  shares.take();
  shares.add(item("old", 1, 100));
  let before = 0;
  for (let id = 0; ; id++) {
    while (id - before < 10) shares.add(item(`new-${id++}`, 1, 1000));
    if (shares.take()?.share.id === "old") break;
    before++;
    expect(before).toBeLessThan(2000);
  }
});

test("a share without waiting requests saves nothing up, and one that was just served is not served before its turn", () => {
  const shares = new WeightedShares<ShareItem>(1024);
  for (let round = 0; round < 50; round++) {
    shares.add(item("a", 1, 100));
    shares.take();
  }
  for (let round = 0; round < 40; round++) {
    shares.add(item("a", 1, 100));
    shares.add(item("b", 1, 100));
  }
  const first = Array.from({ length: 20 }, () => shares.take()?.share.id);
  expect(first.filter((id) => id === "a")).toHaveLength(10);
  // It waits for one request at a time, which is ten times as large as the others'.
  const large = new WeightedShares<ShareItem>(1024);
  const served = { large: 0, small: 0 };
  for (let round = 0; round < 30; round++) large.add(item("small", 1, 100));
  large.add(item("large", 1, 1000));
  for (let round = 0; round < 500; round++) {
    const { share, tokens } = large.take()!;
    served[share.id as "large" | "small"] += tokens;
    large.add(item(share.id, 1, tokens));
  }
  expect(Math.abs(served.large - served.small)).toBeLessThanOrEqual(1100);
});

test("a weight that was changed counts from the share's newest request on", () => {
  const shares = new WeightedShares<ShareItem>(1024);
  for (let round = 0; round < 40; round++) for (const id of ["a", "b"]) shares.add(item(id, 1, 100));
  for (let round = 0; round < 40; round++) shares.take();
  shares.add(item("b", 3, 100));
  const next = Array.from({ length: 16 }, () => shares.take()?.share.id);
  expect(next.filter((id) => id === "b")).toHaveLength(12);
});
