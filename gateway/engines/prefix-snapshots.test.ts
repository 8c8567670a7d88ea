import { Redis } from "iovalkey";
import { describe, expect, onTestFinished, test } from "vitest";
import { decodeSnapshot } from "../../domain/routing/prefix-snapshot.ts";
import { noRedisServer, startRedisServer } from "../../test-support/redis-server.ts";
import { eventually } from "../../test-support/waits/eventually.ts";
import type { FastStore } from "../store/fast-store.ts";
import { ValkeyStore } from "../store/valkey-store.ts";
import { chat, ListDiscovery, post, startTestGateway } from "../test/test-gateway.ts";

if (noRedisServer !== undefined) console.log(`Prefix snapshots in a real store are not tested: ${noRedisServer}.`);

/** A store that outlives the gateways: a Redis server in a process of its own. */
async function startStore(): Promise<{ readonly client: Redis; readonly open: () => FastStore }> {
  const server = await startRedisServer();
  const client = new Redis(server.url, { maxRetriesPerRequest: 1 });
  client.on("error", () => undefined);
  onTestFinished(async () => {
    client.disconnect();
    await server.stop();
  });
  return { client, open: () => new ValkeyStore({ url: server.url }) };
}

/** Four kilobytes that only this conversation has. */
const conversation = (index: number) =>
  chat({
    messages: [{ role: "user", content: `Story ${index}. ${`${index} and on it went, `.repeat(250)}`.slice(0, 4000) }],
  });

const CONVERSATIONS = Array.from({ length: 12 }, (_, index) => conversation(index));

/** Where each conversation went: the engine's number. */
function enginesServing(
  engines: Awaited<ReturnType<typeof startTestGateway>>["engines"],
  since: readonly number[],
): number[] {
  return CONVERSATIONS.map(({ messages }) =>
    engines.findIndex(({ received }, index) =>
      received.slice(since[index]).some(({ body }) => JSON.stringify(body.messages) === JSON.stringify(messages)),
    ),
  );
}

describe.skipIf(noRedisServer !== undefined)("the index of the engines' caches", () => {
  /** Idle, and there for a while. */
  const load = { running: 0, waiting: 0, kvCacheUsage: 0, startedAt: 1_700_000_000 };

  async function filled() {
    const store = await startStore();
    const first = await startTestGateway({ engines: [{ load }, { load }, { load }], store: store.open() });
    const all = first.discovery.engines;
    // Each conversation to an engine that the text alone would not choose: one engine at a time is in service.
    for (const [index, body] of CONVERSATIONS.entries()) {
      first.discovery.engines = all.map((engine, number) => ({ ...engine, inService: number === index % 3 }));
      const readyEngines = () => first.log().findLast(({ msg }) => msg === "ready engines")?.readyEngines;
      await eventually(() => expect(readyEngines()).toBe(`i-${index % 3}`));
      expect((await post(first.url, "/v1/chat/completions", body)).status).toBe(200);
    }
    first.discovery.engines = all;
    await eventually(async () =>
      expect(await savedBlocks(store.client)).toBeGreaterThanOrEqual(CONVERSATIONS.length * 7),
    );
    return { store, first, all };
  }

  // documented: prefixes-after-restart
  test("is there again after a restart, so that conversations go on where their prefix is cached", async () => {
    const { store, first, all } = await filled();
    await first.gateway.drain();
    const discovery = new ListDiscovery();
    discovery.engines = all;
    const second = await startTestGateway({ engines: [], discovery, store: store.open() });
    // A store that is late at the start is read again by the next round.
    await eventually(async () => expect(await indexedBlocks(second)).toBeGreaterThanOrEqual(CONVERSATIONS.length * 7));
    const since = first.engines.map(({ received }) => received.length);
    for (const body of CONVERSATIONS) await post(second.url, "/v1/chat/completions", body);
    expect(enginesServing(first.engines, since)).toEqual(CONVERSATIONS.map((_, index) => index % 3));
  });

  // documented: prefixes-shared
  test("reaches a gateway that was there all the time", async () => {
    const store = await startStore();
    const discovery = new ListDiscovery();
    const one = await startTestGateway({ engines: [{ load }, { load }], store: store.open() });
    discovery.engines = one.discovery.engines;
    const other = await startTestGateway({ engines: [], discovery, store: store.open() });
    for (const body of CONVERSATIONS) await post(one.url, "/v1/chat/completions", body);
    const before = enginesServing(one.engines, [0, 0]);
    await eventually(async () => expect(await indexedBlocks(other)).toBeGreaterThanOrEqual(CONVERSATIONS.length * 7));
    const since = one.engines.map(({ received }) => received.length);
    for (const body of CONVERSATIONS) await post(other.url, "/v1/chat/completions", body);
    expect(enginesServing(one.engines, since)).toEqual(before);
  });

  test("is dropped for an engine that was found dead, also when other gateways had saved it", async () => {
    const { first } = await filled();
    const blocks = () => indexedBlocks(first);
    const before = await blocks();
    first.engines[0]!.behaviour.load = undefined;
    first.engines[0]!.behaviour.health = "loading";
    await eventually(async () => expect(await blocks()).toBeLessThan(before));
    const without = await blocks();
    first.engines[0]!.behaviour.health = "ready";
    // Longer than two rounds of saving and taking over.
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await blocks()).toBe(without);
  });

  test("is forgotten of an engine that began again between two probes", async () => {
    const { first } = await filled();
    const blocks = () => indexedBlocks(first);
    const before = await blocks();
    first.engines[0]!.behaviour.load = { ...load, startedAt: Math.floor(Date.now() / 1000) + 60 };
    await eventually(async () => expect(await blocks()).toBeLessThan(before));
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await blocks()).toBeLessThan(before);
  });
});

test("a store that fails loses only the snapshots in it", async () => {
  const gone = () => Promise.reject(new Error("gone"));
  const broken = { get: gone, set: gone, delete: gone, deletePrefix: gone, isAvailable: false, close: async () => {} };
  const { url } = await startTestGateway({ engines: [{}, {}], store: broken });
  for (const body of CONVERSATIONS) expect((await post(url, "/v1/chat/completions", body)).status).toBe(200);
});

async function indexedBlocks({ metricsUrl }: { readonly metricsUrl: string }): Promise<number> {
  const metrics = await (await fetch(metricsUrl)).text();
  return Number(/sluice_prefix_index_blocks\{.*\} (\d+)/.exec(metrics)?.[1]);
}

async function savedBlocks(client: Redis): Promise<number> {
  const keys = await client.keys("prefix-index:test:tiny:*");
  const saved = await Promise.all(keys.map((key) => client.getBuffer(key)));
  return saved.reduce((sum, bytes) => sum + (bytes === null ? 0 : decodeSnapshot(bytes).length), 0);
}
