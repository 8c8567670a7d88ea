import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { Pool } from "undici";
import { startFakeAws } from "../../test-support/fake-aws.ts";
import { startFakeEngine } from "../../test-support/fake-engine.ts";
import { temporaryFolder } from "../children.ts";
import { rssMiB } from "../gateway/process-usage.ts";
import { startSluice } from "../gateway/sluice.ts";
import { machine, rounded } from "../machine.ts";
import { distribution, jain, type OverloadSample, summary } from "./figures.ts";

/**
 * Three times the engines' capacity, without pause: which requests are served, how late, and the process's memory.
 * Arrivals are open-loop (a refused request is not repeated). Two fake engines hold 8 requests each for 400 ms, half of
 * the responses are streams. Three tenants want more than a third each, unequally; a fourth sends batch work. `npm run
 * bench overload -- [seconds]` (60, or 300 for the figures of the docs) writes bench/results/overload.json.
 */
const [seconds = 60] = process.argv.slice(2).map(Number);

const OVERLOAD = 3;
const ENGINES = 2;
const SLOTS = 8;
const SERVICE_MS = 400;
const MEMORY_MS = 5000;
/** The dev environment's limits. */
const QUEUE = { maxRequests: 200, maxBytes: 32_000_000, waitSeconds: 15, wakeSeconds: 0, maxShareOfTenant: 0.5 };
/** Parts of all arrivals. */
const TENANTS = [
  { name: "a", address: "192.0.2.1", part: 0.45, priority: "normal" },
  { name: "b", address: "192.0.2.2", part: 0.27, priority: "normal" },
  { name: "c", address: "192.0.2.3", part: 0.18, priority: "normal" },
  { name: "batch", address: "192.0.2.4", part: 0.1, priority: "batch" },
] as const;
type Tenant = (typeof TENANTS)[number];

const body = (stream: boolean) => JSON.stringify({ model: "tiny", prompt: "Once", max_tokens: 100, stream });
const WHOLE = body(false);
const STREAM = body(true);

/** Tenants in an order that has their parts at every moment: the one furthest behind its part comes next. */
function* arrivals(): Generator<Tenant> {
  const sent = new Map<Tenant, number>(TENANTS.map((tenant) => [tenant, 0]));
  const behind = (tenant: Tenant, count: number) => tenant.part * count - (sent.get(tenant) ?? 0);
  for (let count = 1; ; count++) {
    const next = TENANTS.reduce((best, tenant) => (behind(tenant, count) > behind(best, count) ? tenant : best));
    sent.set(next, (sent.get(next) ?? 0) + 1);
    yield next;
  }
}

async function send(pool: Pool, tenant: Tenant, stream: boolean, start: number): Promise<OverloadSample> {
  const headers = {
    "content-type": "application/json",
    "x-sluice-client-ip": tenant.address,
    "x-sluice-priority": tenant.priority,
  };
  const begin = performance.now();
  const sample = { tenant: tenant.name, atSeconds: (begin - start) / 1000 };
  try {
    const response = await pool.request({
      method: "POST",
      path: "/v1/completions",
      headers,
      body: stream ? STREAM : WHOLE,
    });
    const text = await response.body.text();
    // A stream's status is sent before its end.
    const status = stream && response.statusCode === 200 && !text.includes("[DONE]") ? 0 : response.statusCode;
    const retryAfter = Number(response.headers["retry-after"]);
    return { ...sample, status, ms: performance.now() - begin, ...(retryAfter > 0 ? { retryAfter } : {}) };
  } catch {
    return { ...sample, status: 0, ms: performance.now() - begin };
  }
}

/** Responses per second with all slots of the engines in use, without a gateway. */
async function capacity(origins: readonly string[]): Promise<number> {
  const until = performance.now() + 5000;
  const pools = origins.map((origin) => new Pool(origin, { connections: SLOTS }));
  let count = 0;
  const slot = async (pool: Pool) => {
    while (performance.now() < until) {
      const response = await pool.request({
        method: "POST",
        path: "/v1/completions",
        body: count % 2 === 0 ? WHOLE : STREAM,
      });
      await response.body.text();
      count++;
    }
  };
  await Promise.all(pools.flatMap((pool) => Array.from({ length: SLOTS }, () => slot(pool))));
  await Promise.all(pools.map((pool) => pool.close()));
  return count / 5;
}

const engines = await Promise.all(
  Array.from({ length: ENGINES }, () => startFakeEngine({ tokens: 31, firstByteMs: SERVICE_MS, headersEarly: false })),
);
const aws = await startFakeAws();
const folder = temporaryFolder("sluice-overload-");
const gateway = await startSluice(
  aws,
  engines.map(({ port }) => port),
  folder,
  1,
  {
    auth: "optional",
    queue: QUEUE,
    models: [
      {
        id: "tiny",
        revision: "1",
        contextTokens: 4096,
        targetGroupArn: "arn:tiny",
        engineHost: "tiny.engines.internal",
        maxRequestsPerEngine: SLOTS,
      },
    ],
  },
);

const samples: OverloadSample[] = [];
const memory: number[] = [];
let perSecond = 0;
let idleMiB = 0;
let afterMiB = 0;
try {
  perSecond = await capacity(engines.map(({ origin }) => origin));
  const pool = new Pool(gateway.origin, { connections: 4096 });
  const order = arrivals();
  const load = async (duration: number, keep: (sample: OverloadSample) => void) => {
    const start = performance.now();
    const pending: Promise<void>[] = [];
    const watch = setInterval(() => memory.push(rounded(rssMiB(gateway.pid))), MEMORY_MS);
    const rate = perSecond * OVERLOAD;
    for (let count = 0; count < rate * duration; count++) {
      const early = start + (count * 1000) / rate - performance.now();
      if (early > 1) await sleep(early);
      const tenant = order.next().value;
      pending.push(send(pool, tenant, count % 2 === 1, start).then(keep));
    }
    await Promise.all(pending);
    clearInterval(watch);
  };
  idleMiB = rounded(rssMiB(gateway.pid));
  // The heap grows to its working size first.
  await load(10, () => undefined);
  memory.length = 0;
  await load(seconds, (sample) => samples.push(sample));
  await sleep(2000);
  afterMiB = rounded(rssMiB(gateway.pid));
  await pool.close();
} finally {
  await gateway.stop();
  await Promise.all([...engines.map((engine) => engine.stop()), aws.stop()]);
}

const within = samples.filter(({ atSeconds, ms }) => atSeconds + ms / 1000 <= seconds);
const served = within.filter(({ status }) => status === 200);
const shed = samples.filter(({ status }) => status === 429 || status === 503);
const goodput = (name: string) => served.filter(({ tenant }) => tenant === name).length / seconds;
const middle = memory[Math.floor(memory.length / 2)] ?? Number.NaN;
const report = {
  command: `npm run bench overload -- ${seconds}`,
  machine: machine(),
  seconds,
  queue: QUEUE,
  capacityPerSecond: perSecond,
  arrivalsPerSecond: samples.length / seconds,
  acceptedMs: summary(samples.filter(({ status }) => status === 200).map(({ ms }) => ms)),
  /** The longest wait that is allowed, and the engine's time. */
  deadlineMs: QUEUE.waitSeconds * 1000 + SERVICE_MS,
  acceptedP99MsByFifth: Array.from({ length: 5 }, (_, fifth) => {
    const inFifth = samples.filter(
      ({ status, atSeconds }) => status === 200 && Math.floor((atSeconds * 5) / seconds) === fifth,
    );
    return summary(inFifth.map(({ ms }) => ms)).p99;
  }),
  goodputPerSecond: served.length / seconds,
  goodputOfCapacity: served.length / seconds / perSecond,
  goodputByTenant: Object.fromEntries(TENANTS.map(({ name }) => [name, goodput(name)])),
  /** Of the tenants with normal priority; 1 is equal. */
  fairness: jain(TENANTS.filter(({ priority }) => priority === "normal").map(({ name }) => goodput(name))),
  batchShare: goodput("batch") / (served.length / seconds),
  shed: {
    requests: shed.length,
    byStatus: distribution(shed.map(({ status }) => status)),
    withoutRetryAfter: shed.filter(({ retryAfter }) => retryAfter === undefined).length,
    retryAfterSeconds: distribution(shed.flatMap(({ retryAfter }) => retryAfter ?? [])),
    answeredMs: summary(shed.map(({ ms }) => ms)),
  },
  failed: samples.filter(({ status }) => ![200, 429, 503].includes(status)).length,
  residentMiB: {
    idle: idleMiB,
    begin: memory[0],
    middle,
    end: memory.at(-1),
    most: Math.max(...memory),
    afterwards: afterMiB,
    /** Every 5 s. */
    series: memory,
  },
};
writeFileSync(join(import.meta.dirname, "../results/overload.json"), `${JSON.stringify(report, null, 2)}\n`);
console.log(JSON.stringify(report, null, 2));
