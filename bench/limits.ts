import { mkdirSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { LimitCounter, LimitStore } from "../gateway/limits/limit-store.ts";
import { LimitsWithoutStore } from "../gateway/limits/limits-without-store.ts";
import { MemoryLimitStore } from "../gateway/limits/memory-limit-store.ts";
import { ValkeyLimitStore } from "../gateway/limits/valkey-limit-store.ts";
import { percentiles } from "../lib/percentile.ts";
import { startRedisServer } from "../test-support/redis-server.ts";
import { releaseAtExit } from "./children.ts";
import { loadAverage, machine, median, range, rounded } from "./machine.ts";

/**
 * Time to count a request in the limits of its organisation, project and key (tokens and requests in a minute, requests in
 * progress: five counters), and to settle it: in memory of the process, and in one server for one gateway thread. Then what
 * requests wait while the server stands still. `npm run bench limits -- [requests] [rounds]` writes
 * bench/results/limits.json.
 */
const [requests = 20_000, rounds = 5] = process.argv.slice(2).map(Number);
const KEYS = 1000;
const LEASE_MS = 60_000;
/** Requests of one gateway thread that wait for the store at once. */
const CONCURRENT = 64;

function counters(index: number, max = 1e12): readonly LimitCounter[] {
  const key = index % KEYS;
  const minute = { max, windowSeconds: 60 };
  return [
    { ...minute, name: "organization:org_1:tokens", amount: 900, least: 1 },
    { ...minute, name: `project:proj_${key % 20}:tokens`, amount: 900, least: 1 },
    { ...minute, name: `key:${key}:tokens`, amount: 900, least: 1 },
    { ...minute, name: `key:${key}:requests`, amount: 1 },
    { name: `key:${key}:concurrency`, max, amount: 1, windowSeconds: 0 },
  ];
}

/** Requests a second, and microseconds of a reservation. */
async function measure(store: LimitStore, concurrent: number) {
  const microseconds = new Float64Array(requests);
  let next = 0;
  const from = performance.now();
  await Promise.all(
    Array.from({ length: concurrent }, async () => {
      while (next < requests) {
        const index = next++;
        const of = counters(index);
        const began = performance.now();
        const grant = await store.reserve(of, LEASE_MS);
        microseconds[index] = 1000 * (performance.now() - began);
        if (grant?.isGranted !== true) throw new Error(`request ${index} was not granted`);
        grant.settle([400, 400, 400, 1, 1]);
      }
    }),
  );
  const perSecond = requests / ((performance.now() - from) / 1000);
  const { p50, p99 } = percentiles(microseconds, 1);
  return { perSecond: Math.round(perSecond), p50Us: p50, p99Us: p99 };
}

async function measureRounds(store: LimitStore, concurrent: number) {
  await measure(store, concurrent);
  const measured: Awaited<ReturnType<typeof measure>>[] = [];
  for (let round = 0; round < rounds; round++) measured.push(await measure(store, concurrent));
  const of = (field: "perSecond" | "p50Us" | "p99Us") => {
    const values = measured.map((result) => result[field]);
    return { median: median(values), range: range(values) };
  };
  return { concurrent, perSecond: of("perSecond"), p50Us: of("p50Us"), p99Us: of("p99Us") };
}

/** Milliseconds that requests wait for a store that stands still: those under way then, and those that come later. */
async function measureFrozen(freeze: () => void, url: string) {
  const store = new ValkeyLimitStore({ url });
  while (!store.isAvailable) await sleep(10);
  const limits = new LimitsWithoutStore({ store, local: new MemoryLimitStore(), gateways: 3 });
  const wait = async (index: number) => {
    const began = performance.now();
    await limits.reserve(counters(index), LEASE_MS);
    return performance.now() - began;
  };
  await Promise.all(Array.from({ length: CONCURRENT }, (_, index) => wait(index)));
  freeze();
  const underWay = await Promise.all(Array.from({ length: CONCURRENT }, (_, index) => wait(index)));
  const later: number[] = [];
  const end = performance.now() + 2000;
  for (let index = 0; performance.now() < end; index++) {
    later.push(await wait(index));
    await sleep(1);
  }
  await store.close();
  return {
    underWayMs: percentiles(underWay, 2),
    laterMs: percentiles(later, 3),
    laterMaxMs: rounded(Math.max(...later)),
  };
}

/** Refusals a second of a limit that is used up until its window ends, of which the store is not asked. */
async function measureRefusals(store: LimitStore) {
  const of = counters(0, 900).map((counter) => ({ ...counter, name: `small:${counter.name}`, windowSeconds: 3600 }));
  const first = await store.reserve(of, LEASE_MS);
  if (first?.isGranted) first.settle([900, 900, 900, 1, 1]);
  await sleep(50);
  await store.reserve(of, LEASE_MS);
  const from = performance.now();
  for (let index = 0; index < requests; index++) {
    if ((await store.reserve(of, LEASE_MS))?.isGranted !== false) throw new Error(`request ${index} was granted`);
  }
  return Math.round(requests / ((performance.now() - from) / 1000));
}

const server = await startRedisServer();
releaseAtExit(() => {
  server.thaw();
  void server.stop();
});
/** Seconds of CPU that the server has taken. */
async function serverSeconds(): Promise<number> {
  const info = await new Promise<string>((resolve, reject) => {
    const socket = connect(server.port, "127.0.0.1", () => socket.write("INFO cpu\r\n"));
    socket.once("error", reject).once("data", (data) => {
      socket.destroy();
      resolve(String(data));
    });
  });
  const of = (name: string) => Number(new RegExp(`${name}:([\\d.]+)`).exec(info)?.[1]);
  return of("used_cpu_user") + of("used_cpu_sys");
}

const memory = new MemoryLimitStore();
// As a tail beside others' work would be the machine's, the time limit is no part of these figures.
const valkey = new ValkeyLimitStore({ url: server.url, commandTimeoutMs: 10_000 });
while (!valkey.isAvailable) await sleep(10);
const inMemory = await measureRounds(memory, 1);
const alone = await measureRounds(valkey, 1);
const before = await serverSeconds();
const usage = process.cpuUsage();
const together = await measureRounds(valkey, CONCURRENT);
const serverUs = rounded((1e6 * ((await serverSeconds()) - before)) / (requests * (rounds + 1)));
const { user, system } = process.cpuUsage(usage);
const gatewayUs = rounded((user + system) / (requests * (rounds + 1)));
const refusalsPerSecond = await measureRefusals(valkey);
await valkey.close();
await memory.close();
const frozen = await measureFrozen(() => server.freeze(), server.url);
server.thaw();
await server.stop();

const report = {
  command: `node bench/limits.ts ${requests} ${rounds}`,
  machine: machine(),
  loadAverage: loadAverage(),
  requests,
  rounds,
  countersOfRequest: counters(0).length,
  memory: inMemory,
  valkey: {
    alone,
    together,
    serverMicrosecondsOfRequest: serverUs,
    gatewayMicrosecondsOfRequest: gatewayUs,
    refusalsPerSecond,
  },
  frozen,
};
const folder = join(import.meta.dirname, "results");
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, "limits.json"), `${JSON.stringify(report, null, 2)}\n`);
console.log(JSON.stringify(report, null, 2));
