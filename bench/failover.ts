import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { percentile } from "../lib/percentile.ts";
import { startFakeAws } from "../test-support/fake-aws.ts";
import { startFakeEngine } from "../test-support/fake-engine.ts";
import { type FakeProvider, type ProviderFault, startFakeProvider } from "../test-support/fake-provider.ts";
import { providerConfig, routeConfig } from "../test-support/target-config.ts";
import { temporaryFolder } from "./children.ts";
import { startSluice } from "./gateway/sluice.ts";
import { machine, median, range, rounded } from "./machine.ts";

/**
 * Time that a failing first target adds until a client has its whole response, a stream of three events, from the next
 * target. Each measured request stands between two that the first target serves: their median is subtracted, and so the
 * breaker stays closed and the failing target is called every time. `npm run bench failover -- [requests of a round]
 * [rounds]` writes bench/results/failover.json.
 */
const [perRound = 60, rounds = 4] = process.argv.slice(2).map(Number);
/** Silence after which the next target is tried: the route's setting, and most of what a target that hangs adds. */
const FAILOVER_AFTER_SECONDS = 0.3;

/** A target's own limits are not what is measured. */
const PATIENT = { connectSeconds: 2, firstByteSeconds: 10, idleSeconds: 10, totalSeconds: 20 };

type Fault = "refuses" | "resets" | "answers 500" | "hangs";
const FAULTS: Readonly<Record<Exclude<Fault, "refuses">, ProviderFault>> = {
  resets: "reset-before-headers",
  "answers 500": { status: 500 },
  hangs: "hang",
};
const NAMES: readonly Fault[] = ["refuses", "resets", "answers 500", "hangs"];

const aws = await startFakeAws();
const engine = await startFakeEngine();
let first: FakeProvider = await startFakeProvider();
const next = await startFakeProvider();
const folder = temporaryFolder("sluice-failover-");
const sluice = await startSluice(aws, engine.port, folder, 1, {
  providers: [
    providerConfig("first", first.origin, { priority: 1, timeouts: PATIENT }),
    providerConfig("next", next.origin, { priority: 2, timeouts: PATIENT }),
  ],
  routes: [
    routeConfig("chat", ["first/small", "next/small"], {
      policy: "priority",
      failoverAfterSeconds: FAILOVER_AFTER_SECONDS,
    }),
  ],
});

/**
 * Milliseconds to the end of the response.
 * @throws when another target responded, or the first was not called before it
 */
async function request(expectedTarget: string): Promise<number> {
  const startedAt = performance.now();
  const response = await fetch(`${sluice.origin}/v1/chat/completions`, {
    method: "POST",
    headers: { ...sluice.headers, "content-type": "application/json" },
    body: JSON.stringify({ model: "chat", messages: [{ role: "user", content: "Hello" }], stream: true }),
  });
  const text = await response.text();
  const target = response.headers.get("x-sluice-target");
  const attempts = response.headers.get("x-sluice-attempts");
  const isRight = target === `${expectedTarget}/small` && attempts === (expectedTarget === "first" ? "1" : "2");
  if (response.status !== 200 || !isRight || !text.includes("[DONE]"))
    throw new Error(
      `expected a response of ${expectedTarget}, got ${response.status} of ${target} after ${attempts} calls`,
    );
  return performance.now() - startedAt;
}

async function requestOfFailing(fault: Fault): Promise<number> {
  if (fault !== "refuses") {
    first.behaviour.next = [FAULTS[fault]];
    return await request("next");
  }
  const { port } = first;
  await first.stop();
  const took = await request("next");
  first = await startFakeProvider({}, port);
  return took;
}

/** A target that refused may be paused for a moment: it counts when it responds again. */
async function requestOfFirst(): Promise<number> {
  for (let attempt = 1; ; attempt++)
    try {
      return await request("first");
    } catch (error) {
      if (attempt === 50) throw error;
      await sleep(20);
    }
}

async function round(fault: Fault) {
  const usual: number[] = [];
  const failing: number[] = [];
  for (let index = 0; index < perRound; index++) {
    usual.push(await requestOfFirst());
    failing.push(await requestOfFailing(fault));
    usual.push(await requestOfFirst());
  }
  const base = median(usual);
  return { base, added: failing.map((took) => took - base) };
}

try {
  await round("answers 500"); // connections are there, and the code is compiled
  const results = [];
  for (const fault of NAMES) {
    const all = [];
    for (let index = 0; index < rounds; index++) all.push(await round(fault));
    const added = all.flatMap((one) => one.added);
    const p50s = all.map((one) => rounded(percentile(one.added, 0.5)));
    const p99s = all.map((one) => rounded(percentile(one.added, 0.99)));
    results.push({
      first: fault,
      requests: added.length,
      addedP50Ms: rounded(percentile(added, 0.5)),
      addedP99Ms: rounded(percentile(added, 0.99)),
      addedMaxMs: rounded(Math.max(...added)),
      p50OfRoundsMs: range(p50s),
      p99OfRoundsMs: range(p99s),
      answeredByFirstMs: median(all.map(({ base }) => base)),
    });
    console.log(JSON.stringify(results.at(-1)));
  }
  const command = `npm run bench failover -- ${perRound} ${rounds}`;
  const settings = { requestsOfARound: perRound, rounds, failoverAfterSeconds: FAILOVER_AFTER_SECONDS };
  const folderOfResults = join(import.meta.dirname, "results");
  mkdirSync(folderOfResults, { recursive: true });
  writeFileSync(
    join(folderOfResults, "failover.json"),
    `${JSON.stringify({ command, machine: machine(), settings, results }, null, 2)}\n`,
  );
} finally {
  await sluice.stop();
  await Promise.all([first.stop(), next.stop(), engine.stop(), aws.stop()]);
}
