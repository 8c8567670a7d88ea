import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ValkeyStore } from "../gateway/store/valkey-store.ts";
import { percentiles } from "../lib/percentile.ts";
import { startFakeAws } from "../test-support/fake-aws.ts";
import { startFakeEngine } from "../test-support/fake-engine.ts";
import { noRedisServer, startRedisServer } from "../test-support/redis-server.ts";
import { stageTimes } from "./cache-stage.ts";
import { releaseAtExit, temporaryFolder } from "./children.ts";
import { figures, openLoop } from "./gateway/open-loop.ts";
import { startSluice } from "./gateway/sluice.ts";
import { loadAverage, machine } from "./machine.ts";

/**
 * Time of a response from the cache: inside a gateway process, from the request's head to the end of its response by
 * its log, with all other features on; at the client; and in the shared store. `node bench/cache-hit.ts [requests a
 * second] [seconds] [rounds]` writes bench/results/cache-hit.json.
 */
const [rate = 200, seconds = 5, rounds = 3] = process.argv.slice(2).map(Number);

const SHAPES = [
  { name: "whole answer of 30 tokens", tokens: 30, stream: false },
  { name: "stream of 30 tokens", tokens: 30, stream: true },
  { name: "stream of 1,000 tokens", tokens: 1000, stream: true },
] as const;

const folder = temporaryFolder("sluice-bench-");
const engine = await startFakeEngine();
const aws = await startFakeAws();
const cache = { ttlSeconds: 3600, routeTtlSeconds: {}, memoryMiB: 64, semantic: null };
const gateway = await startSluice(aws, engine.port, folder, 1, { cache });
const rows = [];
try {
  for (const { name, tokens, stream } of SHAPES) {
    engine.behaviour.tokens = tokens;
    const body = { model: "tiny", temperature: 0, stream, messages: [{ role: "user", content: name }] };
    const load = { origin: gateway.origin, headers: gateway.headers, path: "/v1/chat/completions", body };
    const warm = await openLoop({ ...load, rate: 50, seconds: 2 });
    const answered = engine.received.length;
    const measured = [];
    for (let round = 0; round < rounds; round++) {
      const linesBefore = hits().length;
      const client = figures(await openLoop({ ...load, rate, seconds }));
      measured.push({ inside: spread(hits().slice(linesBefore)), client: client.totalMs, failed: client.failed });
    }
    if (engine.received.length !== answered)
      throw new Error(`${name}: the engine got a request during the measurement`);
    rows.push({ name, warmRequests: warm.length, ratePerSecond: rate, rounds: measured });
  }
} finally {
  await gateway.stop();
  await Promise.all([engine.stop(), aws.stop()]);
}

const stages = [];
for (const [promptCharacters, tokens] of [
  [100, 30],
  [4000, 1000],
  [100_000, 1000],
] as const)
  stages.push({ promptCharacters, tokens, ...spread(await stageTimes(promptCharacters, tokens, 5000)) });

const report = {
  command: `node bench/cache-hit.ts ${rate} ${seconds} ${rounds}`,
  machine: { ...machine(), loadAverage: loadAverage() },
  unit: "milliseconds; inside: by the gateway's log, to 0.1",
  /** The cache's own part of a hit. */
  stages,
  /** The whole request, in a process pinned to a core that other programs of the machine use too. */
  rows,
  sharedStore: noRedisServer === undefined ? await sharedStore() : noRedisServer,
};
const results = join(import.meta.dirname, "results");
mkdirSync(results, { recursive: true });
writeFileSync(join(results, "cache-hit.json"), `${JSON.stringify(report, null, 2)}\n`);
for (const row of rows) for (const round of row.rounds) console.log(row.name, JSON.stringify(round));
console.log("stages", JSON.stringify(stages));
console.log("shared store", JSON.stringify(report.sharedStore));

/** `durationMs` of every hit in the gateway's log. */
function hits(): readonly number[] {
  return readFileSync(join(folder, "sluice.log"), "utf8")
    .split("\n")
    .filter((line) => line.includes('"cache":"hit"'))
    .map((line) => Number(/"durationMs":([\d.]+)/.exec(line)?.[1]));
}

async function sharedStore() {
  const server = await startRedisServer();
  const forget = releaseAtExit(() => void server.stop());
  const store = new ValkeyStore({ url: server.url, commandTimeoutMs: 1000 });
  while (!store.isAvailable) await sleep(10);
  const sizes = [];
  for (const kib of [1, 16, 256]) {
    await store.set("cache:answer:bench", Buffer.alloc(kib * 1024, 1), 60);
    const times: number[] = [];
    for (let count = 0; count < 2000; count++) {
      const from = performance.now();
      await store.get("cache:answer:bench");
      times.push(performance.now() - from);
    }
    sizes.push({ kib, ...spread(times.slice(200)) });
  }
  await store.close();
  await server.stop();
  forget();
  return sizes;
}

function spread(values: readonly number[]) {
  return { count: values.length, ...percentiles(values, 3) };
}
