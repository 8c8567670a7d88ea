import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { freePort } from "../../lib/free-port.ts";
import { startFakeAws } from "../../test-support/fake-aws.ts";
import { startFakeEngine } from "../../test-support/fake-engine.ts";
import { type ProviderFault, startFakeProvider } from "../../test-support/fake-provider.ts";
import { providerConfig, routeConfig } from "../../test-support/target-config.ts";
import { spawnChild, temporaryFolder } from "../children.ts";
import { closedLoop } from "../gateway/closed-loop.ts";
import { rssMiB } from "../gateway/process-usage.ts";
import { startSluice } from "../gateway/sluice.ts";
import { stopProcess } from "../gateway/systems.ts";
import { machine, median, rounded } from "../machine.ts";
import { Clients } from "./clients.ts";
import { fitLine } from "./fit-line.ts";
import { metricsUrl, processState } from "./process-state.ts";

/**
 * One gateway process at a steady rate under difficult clients and upstreams: streams, whole responses, clients that
 * leave or read slowly, bodies of a megabyte, wrong keys, a provider that fails half of the time in every way. It
 * measures whether memory is flat, and which resources are left afterwards. `npm run bench soak -- [--minutes 30]
 * [--rate <requests per second>]` writes bench/results/soak.json. Without a rate it is half of the streams per second
 * that the process is measured to take.
 */
const { values } = parseArgs({
  options: { minutes: { type: "string", default: "30" }, rate: { type: "string" } },
});
const minutes = Number(values.minutes);

const SAMPLE_MS = 5000;
/** Of the run, before memory is judged: heaps and pools grow to their working size first. */
const WARM_UP = 0.2;
/**
 * Wait after the load, so that no resource counts as leaked that its owner closes by itself: providers' connections
 * stay 30 s.
 */
const REST_MS = 45_000;
const STORM_MS = 5000;
const FAULTS: readonly ProviderFault[] = [
  { status: 500 },
  "reset-before-headers",
  { status: 429, retryAfter: "1" },
  "reset-after-headers",
  "hang",
  "reset-in-stream",
  { status: 429 },
  "malformed-events",
  "half-json",
  "wrong-dialect",
  "slow-drip",
];

/** Well for 5 s, then one fault for 5 s, and so on. */
function storms(set: (fault: ProviderFault | undefined) => void): NodeJS.Timeout {
  let turn = 0;
  return setInterval(() => {
    set(turn % 2 === 0 ? FAULTS[(turn / 2) % FAULTS.length] : undefined);
    turn++;
  }, STORM_MS);
}

const folder = temporaryFolder("sluice-soak-");
const aws = await startFakeAws();
const enginePort = await freePort();
const upstreamScript = join(import.meta.dirname, "../gateway/upstream.ts");
const engine = spawnChild([process.execPath, upstreamScript, String(enginePort)], { stdio: "inherit" });
const longEngine = await startFakeEngine({ tokens: 200, tokenBytes: 60_000 });
const provider = await startFakeProvider({ dripMs: 200 });
const stormTimer = storms((fault) => {
  provider.behaviour.fault = fault;
});
aws.targets.set("arn:long", [{ instanceId: "i-long", port: longEngine.port, address: "127.0.0.1", state: "healthy" }]);
const model = { revision: "1", contextTokens: 1_000_000, engineHost: "engines.internal", maxRequestsPerEngine: 4096 };
const flaky = providerConfig("flaky", provider.origin, {
  timeouts: { connectSeconds: 1, firstByteSeconds: 1, idleSeconds: 1, totalSeconds: 3 },
  maxConnections: 100,
  maxInFlight: 1000,
});
const gateway = await startSluice(aws, enginePort, folder, 1, {
  bodyLimitBytes: 2_000_000,
  models: [
    { ...model, id: "tiny", targetGroupArn: "arn:tiny" },
    { ...model, id: "long", targetGroupArn: "arn:long" },
  ],
  providers: [flaky],
  routes: [routeConfig("flaky", ["flaky/small"]), routeConfig("rescued", ["flaky/small"], { fallbacks: ["tiny"] })],
});

async function halfOfCapacity(): Promise<number> {
  const body = { model: "tiny", messages: [{ role: "user", content: "Once" }], stream: true };
  const load = { origin: gateway.origin, headers: gateway.headers, path: "/v1/chat/completions", body };
  await closedLoop({ ...load, open: 64, seconds: 5 });
  return Math.floor((await closedLoop({ ...load, open: 64, seconds: 10 })).answered / 10 / 2);
}

try {
  const { pid, origin, headers } = gateway;
  const metrics = await metricsUrl(join(folder, "sluice.log"));
  const rate = values.rate === undefined ? await halfOfCapacity() : Number(values.rate);
  await new Clients(origin, headers).load(rate, 20);
  await sleep(REST_MS);
  const before = await processState(metrics, pid);

  const series: { minute: number; rssMiB: number; inFlight: number }[] = [];
  const start = performance.now();
  const watch = setInterval(() => {
    const minute = rounded((performance.now() - start) / 60_000);
    const rss = rounded(rssMiB(pid));
    processState(metrics, pid).then(
      ({ requestsInFlight }) => series.push({ minute, rssMiB: rss, inFlight: requestsInFlight }),
      () => series.push({ minute, rssMiB: rss, inFlight: Number.NaN }),
    );
  }, SAMPLE_MS);
  const clients = new Clients(origin, headers);
  await clients.load(rate, minutes * 60);
  clearInterval(watch);
  await sleep(REST_MS);
  const after = await processState(metrics, pid);

  const judged = series.filter(({ minute }) => minute > minutes * WARM_UP && minute <= minutes);
  const types = new Set([
    "TCPSocketWrap",
    "Timeout",
    ...Object.keys(before.resources),
    ...Object.keys(after.resources),
  ]);
  const report = {
    command: `npm run bench soak -- --minutes ${minutes}${values.rate === undefined ? "" : ` --rate ${values.rate}`}`,
    machine: machine(),
    minutes,
    requestsPerSecond: rate,
    isRateHalfOfCapacity: values.rate === undefined,
    outcomes: clients.outcomes(),
    unexpected: clients.unexpected(),
    residentMiB: {
      before: series[0]?.rssMiB,
      afterWarmUp: judged[0]?.rssMiB,
      end: judged.at(-1)?.rssMiB,
      /** Whether it still grows at the end. */
      medianByFifth: Array.from({ length: 5 }, (_, fifth) =>
        median(series.filter(({ minute }) => Math.floor((minute * 5) / minutes) === fifth).map((one) => one.rssMiB)),
      ),
      most: Math.max(...series.map(({ rssMiB: value }) => value)),
      /** Least squares over the samples after the first fifth, with the line's 95 % interval. */
      slopePerHour: fitLine(judged.map(({ minute, rssMiB: value }) => [minute / 60, value])),
    },
    /** Idle, 45 s after the load of a short run, and 45 s after that of the long one. */
    idle: { before, after },
    /** What the long run left that the short one did not. */
    left: {
      resources: Object.fromEntries(
        [...types].map((type) => [type, (after.resources[type] ?? 0) - (before.resources[type] ?? 0)]),
      ),
      fileDescriptors: after.fileDescriptors - before.fileDescriptors,
      requestsInFlight: after.requestsInFlight,
      requestsQueued: after.requestsQueued,
    },
    series,
  };
  writeFileSync(join(import.meta.dirname, "../results/soak.json"), `${JSON.stringify(report, null, 2)}\n`);
  console.log(JSON.stringify({ ...report, series: undefined }, null, 2));
} finally {
  clearInterval(stormTimer);
  await gateway.stop();
  await stopProcess(engine);
  await Promise.all([longEngine.stop(), provider.stop(), aws.stop()]);
}
