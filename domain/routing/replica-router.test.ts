import { describe, expect, test } from "vitest";
import { percentile } from "../../lib/percentile.ts";
import { type ModelRequest, type Placement, ReplicaModel, replay } from "../../test-support/replica-model.ts";
import type { Replica } from "./replica.ts";
import { ReplicaRouter } from "./replica-router.ts";

const TOKENS_PER_BLOCK = 128;
const NO_BLOCKS = { keys: new Float64Array(0), affinityKey: 1 };
/** Long after their start, with a fresh report. */
const NOW = 1_000_000;

function setUp(count: number, options: { slowStartMs?: number; prefillTokensPerSecond?: number } = {}) {
  const router = new ReplicaRouter({
    tokensPerBlock: TOKENS_PER_BLOCK,
    blocksPerReplica: 1000,
    prefillTokensPerSecond: 1000,
    slowStartMs: 30_000,
    ...options,
  });
  const replicas = Array.from({ length: count }, (_, index) => router.add(`i-${index}`, 0));
  const report = (now: number, load: Partial<Record<"running" | "waiting" | "kvCacheUsage", number>> = {}) => {
    for (const replica of replicas) replica.report({ at: now, running: 0, waiting: 0, kvCacheUsage: 0, ...load });
  };
  report(NOW);
  return { router, replicas, report };
}

function promptOf(tokens: number, first = 1, affinityKey = first) {
  const keys = Float64Array.from({ length: Math.floor(tokens / TOKENS_PER_BLOCK) }, (_, index) => first * 1000 + index);
  return { tokens, blocks: { keys, affinityKey } };
}

const sending = { now: NOW, usedAt: 1, isStream: true };

describe("the choice of a replica", () => {
  test("is the one that holds the prompt", () => {
    const { router, replicas } = setUp(8);
    router.send(promptOf(2000), replicas[5]!, sending).end(NOW);
    for (let key = 0; key < 20; key++)
      expect(router.choose(promptOf(2000, 1, key), replicas, NOW, 1)).toBe(replicas[5]);
  });

  test("is another one when waiting at the one that holds the prompt takes longer than prefilling it elsewhere", () => {
    const { router, replicas } = setUp(8);
    router.send(promptOf(2000), replicas[5]!, sending).end(NOW);
    router.send(promptOf(1500, 2), replicas[5]!, sending);
    expect(router.choose(promptOf(2000), replicas, NOW, 1)).toBe(replicas[5]);
    router.send(promptOf(1500, 3), replicas[5]!, sending);
    expect(router.choose(promptOf(2000), replicas, NOW, 1)).not.toBe(replicas[5]);
  });

  test("is the same in two gateways without communication, and spreads unknown prompts", () => {
    const one = setUp(8);
    const other = setUp(8);
    const chosen = Array.from({ length: 64 }, (_, key) => {
      const prompt = { tokens: 100, blocks: { keys: new Float64Array(0), affinityKey: key * 2 ** 40 } };
      const id = one.router.choose(prompt, one.replicas, NOW, 1)?.id;
      expect(other.router.choose(prompt, [...other.replicas].reverse(), NOW, 1)?.id).toBe(id);
      return id;
    });
    expect(new Set(chosen).size).toBe(8);
  });

  test("treats a replica with an old report as loaded", () => {
    const { router, replicas } = setUp(3);
    const later = NOW + 60_000;
    replicas[1]!.report({ at: later, running: 2, waiting: 0, kvCacheUsage: 0.2 });
    for (let key = 0; key < 20; key++)
      expect(router.choose({ tokens: 10, blocks: { ...NO_BLOCKS, affinityKey: key } }, replicas, later, 1)).toBe(
        replicas[1],
      );
  });

  test("counts requests of other gateways, and its own only once", () => {
    const { router, replicas } = setUp(2);
    for (let index = 0; index < 5; index++) router.send(promptOf(10), replicas[0]!, sending).firstToken(NOW);
    replicas[0]!.report({ at: NOW, running: 5, waiting: 0, kvCacheUsage: 0 });
    replicas[1]!.report({ at: NOW, running: 9, waiting: 0, kvCacheUsage: 0 });
    expect(router.choose({ tokens: 10, blocks: NO_BLOCKS }, replicas, NOW, 1)).toBe(replicas[0]);
  });

  test("avoids a replica whose cache is full and where requests wait", () => {
    const { router, replicas } = setUp(2);
    router.send(promptOf(2000), replicas[0]!, sending).end(NOW);
    replicas[0]!.report({ at: NOW, running: 2, waiting: 1, kvCacheUsage: 0.99 });
    expect(router.choose(promptOf(2000), replicas, NOW, 1)).toBe(replicas[1]);
  });

  test("sends a new replica few requests at first, and its share after the slow start", () => {
    const { router, replicas } = setUp(3);
    const fresh = router.add("i-new", NOW);
    fresh.report({ at: NOW, running: 0, waiting: 0, kvCacheUsage: 0 });
    const share = (now: number) => {
      for (const replica of [...replicas, fresh]) replica.report({ at: now, running: 0, waiting: 0, kvCacheUsage: 0 });
      const sent = Array.from({ length: 400 }, (_, key) => {
        const prompt = { tokens: 100, blocks: { ...NO_BLOCKS, affinityKey: key } };
        const replica = router.choose(prompt, [...replicas, fresh], now, 1);
        return { replica, ticket: router.send(prompt, replica!, { ...sending, now }) };
      });
      for (const { ticket } of sent) ticket.end(now);
      return sent.filter(({ replica }) => replica === fresh).length / sent.length;
    };
    expect(share(NOW + 3000)).toBeLessThan(0.06);
    expect(share(NOW + 30_000)).toBeGreaterThan(0.2);
  });

  test("learns a replica's speed from the times of its first tokens", () => {
    const { router, replicas } = setUp(1);
    for (let index = 0; index < 100; index++) {
      const now = NOW + index * 10_000;
      const ticket = router.send(promptOf(4000, index + 2), replicas[0]!, { ...sending, now });
      ticket.firstToken(now + 500);
      ticket.end(now + 600);
    }
    expect(replicas[0]!.prefillTokensPerSecond).toBeGreaterThan(7800);
    expect(router.add("i-new", NOW, replicas).prefillTokensPerSecond).toBe(replicas[0]!.prefillTokensPerSecond);
  });

  test("requests that ended, in any way, leave no load behind", () => {
    const { router, replicas } = setUp(1);
    const [replica] = replicas;
    const tickets = Array.from({ length: 200 }, (_, index) =>
      router.send(promptOf(300, index), replica!, { ...sending, isStream: index % 2 === 0 }),
    );
    for (const [index, ticket] of tickets.entries()) {
      if (index % 3 !== 0) ticket.firstToken(NOW + index);
      ticket.end(NOW + index);
      ticket.end(NOW + index);
      ticket.firstToken(NOW + index);
    }
    expect(replica!.inFlight).toBe(0);
    expect(replica!.pendingTokens(NOW + 300)).toBe(0);
  });

  test("counts the prompt of a response that is not streamed as prefilled after the estimated time", () => {
    const { router, replicas } = setUp(1);
    router.send(promptOf(1000), replicas[0]!, { ...sending, isStream: false });
    expect(replicas[0]!.pendingTokens(NOW + 500)).toBe(500);
    expect(replicas[0]!.pendingTokens(NOW + 1500)).toBe(0);
    expect(replicas[0]!.decoding).toBe(1);
  });
});

/** An A100 node with a 70B model (roofline estimate), a cache of three million tokens. */
const MODEL = {
  tokensPerSecond: 7292,
  tokensPerBlock: TOKENS_PER_BLOCK,
  cacheBlocks: 23_436,
  stepSeconds: 0.0222,
  sequenceSeconds: 0.000051,
  chunkTokens: 2048,
  maxSequences: 256,
};

function fleet(count: number): ReplicaModel[] {
  return Array.from({ length: count }, () => new ReplicaModel(MODEL));
}

function routed(requests: readonly ModelRequest[], count = 8) {
  const models = fleet(count);
  const router = new ReplicaRouter({
    tokensPerBlock: TOKENS_PER_BLOCK,
    blocksPerReplica: MODEL.cacheBlocks,
    prefillTokensPerSecond: 8000,
    slowStartMs: 30_000,
  });
  const replicas: readonly Replica[] = models.map((_, index) => router.add(`i-${index}`, -3_600_000));
  const route = ({ arrivesAt, promptTokens, blocks }: ModelRequest): Placement => {
    const now = arrivesAt * 1000;
    const prompt = { tokens: promptTokens, blocks: { keys: blocks, affinityKey: blocks[0] ?? 0 } };
    const replica = router.choose(prompt, replicas, now, arrivesAt)!;
    const ticket = router.send(prompt, replica, { now, usedAt: Math.floor(arrivesAt), isStream: true });
    return {
      replica: replica.number,
      firstToken: (at) => ticket.firstToken(at * 1000),
      ended: (at) => ticket.end(at * 1000),
    };
  };
  const call = (now: number) => {
    for (const [index, { running, waiting }] of models.entries())
      replicas[index]?.report({ at: now * 1000, running, waiting, kvCacheUsage: 0.5 });
  };
  return replay(requests, models, route, { seconds: 2, call });
}

function leastOutstanding(requests: readonly ModelRequest[], count = 8) {
  const inFlight = Array.from({ length: count }, () => 0);
  return replay(requests, fleet(count), () => {
    const replica = inFlight.indexOf(Math.min(...inFlight));
    inFlight[replica]!++;
    return { replica, ended: () => void inFlight[replica]!-- };
  });
}

const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
const p99 = (values: Float64Array) => percentile(values, 0.99);

/** Every request begins with the same `hotBlocks`; arrivals are even or in bursts. */
function hotPrefix(options: {
  hotBlocks: number;
  tailTokens: number;
  outputTokens: number;
  perSecond: number;
  wave: number;
}): ModelRequest[] {
  const { hotBlocks, tailTokens, outputTokens, perSecond, wave } = options;
  return Array.from({ length: 2000 }, (_, index) => {
    const tail = Math.floor(tailTokens / TOKENS_PER_BLOCK);
    const keys = Float64Array.from({ length: hotBlocks + tail }, (_, at) =>
      at < hotBlocks ? at : index * 1000 + at + 1e6,
    );
    return {
      arrivesAt: (Math.floor(index / wave) * wave) / perSecond,
      promptTokens: hotBlocks * TOKENS_PER_BLOCK + tailTokens,
      outputTokens,
      blocks: keys,
    };
  });
}

describe("a prefix of all requests", () => {
  const shapes = [
    { name: "long, short completions", hotBlocks: 64, tailTokens: 40, outputTokens: 20, perSecond: 100, wave: 1 },
    { name: "long, long completions", hotBlocks: 64, tailTokens: 40, outputTokens: 300, perSecond: 40, wave: 1 },
    { name: "long, in waves", hotBlocks: 64, tailTokens: 200, outputTokens: 100, perSecond: 40, wave: 100 },
    { name: "very long, in waves", hotBlocks: 500, tailTokens: 200, outputTokens: 100, perSecond: 10, wave: 50 },
    { name: "short, long tails", hotBlocks: 4, tailTokens: 4000, outputTokens: 100, perSecond: 10, wave: 1 },
    { name: "none", hotBlocks: 0, tailTokens: 3000, outputTokens: 100, perSecond: 14, wave: 1 },
  ];

  test.each(shapes)("$name: is never more than 10 % worse than least outstanding, by any measure", (shape) => {
    const requests = hotPrefix(shape);
    const ours = routed(requests);
    const theirs = leastOutstanding(requests);
    const ratio = (measure: (values: Float64Array) => number, of: "firstTokenSeconds" | "totalSeconds") =>
      Math.round((measure(ours[of]) / measure(theirs[of])) * 100) / 100;
    const ratios = {
      meanFirst: ratio(mean, "firstTokenSeconds"),
      p99First: ratio(p99, "firstTokenSeconds"),
      meanTotal: ratio(mean, "totalSeconds"),
      p99Total: ratio(p99, "totalSeconds"),
    };
    expect(Math.max(...Object.values(ratios)), JSON.stringify(ratios)).toBeLessThanOrEqual(1.1);
  });

  test("is served by all replicas, none with more than a quarter above its share", () => {
    const { placed } = routed(hotPrefix(shapes[0]!));
    expect(Math.max(...placed), placed.join(", ")).toBeLessThan((2000 / 8) * 1.25);
  });
});
