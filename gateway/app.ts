import { createFront } from "./composition/front.ts";
import { createMeasurements, type Measurements } from "./composition/measurements.ts";
import { drainParts, type Part, startParts, stopParts } from "./composition/part.ts";
import { type ProcessShare, processShare } from "./composition/process-share.ts";
import { createRequests, type Live } from "./composition/requests.ts";
import { createUpstreams, type Upstreams } from "./composition/upstreams.ts";
import type { Gateway, GatewayOptions } from "./gateway-options.ts";
import { HealthReporter } from "./health/health-reporter.ts";
import { HistoryRecorder } from "./history/history-recorder.ts";
import { keyDrops } from "./keys/key-changes.ts";
import { KeyRevocations } from "./keys/key-revocations.ts";
import { RecentLines } from "./live/lines/recent-lines.ts";
import { LiveBook } from "./live/live-book.ts";
import { LiveFleet } from "./live/live-fleet.ts";
import type { Meter } from "./metrics/meter.ts";
import { UsageLedger } from "./usage/usage-ledger.ts";

function createRevocations({ config, keys }: GatewayOptions, { memory }: ProcessShare): KeyRevocations | undefined {
  if (config.endStreamsOnRevoke !== true || config.auth === "off") return undefined;
  return new KeyRevocations({ keys, drops: keyDrops(memory.keyDrops), now: () => performance.now() });
}

function createUsage(
  { usage, logger, wallClock = Date.now }: GatewayOptions,
  { thread }: ProcessShare,
  meter: Meter,
): UsageLedger | undefined {
  return usage && new UsageLedger({ ...usage, thread, logger, meter, wallClock });
}

function createHistory(
  { history, logger, wallClock = Date.now }: GatewayOptions,
  { thread, clock }: ProcessShare,
  meter: Meter,
): HistoryRecorder | undefined {
  return history && new HistoryRecorder({ ...history, thread, logger, meter, now: clock, wallClock });
}

function createLive(
  { config, liveBus, version, wallClock = Date.now, recentLines = new RecentLines(wallClock) }: GatewayOptions,
  { clock, memory, thread }: ProcessShare,
  { recent }: Measurements,
  { directory, targets, admission }: Upstreams,
): Live {
  const book = new LiveBook({ id: `${memory.process}-${thread}`, version, now: clock, wallClock });
  const health = new HealthReporter({ config, book, recent, directory, targets, admission, now: clock, wallClock });
  const fleet = new LiveFleet(book, liveBus, {
    health: () => health.snapshot(),
    logs: (filter) => recentLines.matching(filter, book.id),
  });
  return { book, fleet, recentLines };
}

/** Builds the data plane. It listens and calls upstreams only after `listen`. */
export function createGateway(options: GatewayOptions): Gateway {
  const { config, logger } = options;
  const share = processShare(options);
  const measurements = createMeasurements(config, share, options.writeMetrics, options.wallClock);
  const upstreams = createUpstreams(options, share, measurements.meter);
  let isDraining = false;
  const revocations = createRevocations(options, share);
  const usage = createUsage(options, share, measurements.meter);
  const history = createHistory(options, share, measurements.meter);
  const live = createLive(options, share, measurements, upstreams);
  const requests = createRequests({
    options,
    share,
    upstreams,
    measurements,
    isDraining: () => isDraining,
    revocations,
    usage,
    history,
    live,
  });
  const { http, sockets } = createFront(options, requests.handle, revocations);
  const { admission, cache } = upstreams;
  const started = Promise.withResolvers<void>();
  const serving: readonly Part[] = [
    // The first, so that it stops last: after the last request is settled.
    ...(usage === undefined ? [] : [usage]),
    ...(history === undefined ? [] : [history]),
    measurements.refusedCounts,
    live.fleet,
    { stop: () => admission.stop() },
    { start: () => cache?.responses.generations.start(), stop: () => cache?.responses.generations.stop() },
    { start: () => measurements.cloudWatch?.start(), stop: () => measurements.cloudWatch?.stop() },
    http,
    ...(requests.batches === undefined ? [] : [requests.batches]),
    sockets,
    ...(revocations === undefined ? [] : [revocations]),
  ];

  async function listen(port: number, host: string, { reusePort } = { reusePort: false }): Promise<number> {
    startParts(upstreams.parts).then(started.resolve, started.reject);
    // Other threads serve on this port already: a thread without engines would refuse requests that they could serve.
    if (reusePort) await started.promise;
    const actual = await http.listen({ port, host, reusePort });
    await startParts(serving);
    return actual;
  }

  async function drain(): Promise<void> {
    isDraining = true;
    admission.drain(config.drainSeconds);
    await drainParts(serving, config.drainSeconds);
    const { openResponses } = http;
    if (openResponses > 0) logger.warn({ openRequests: openResponses }, "drain time is over, closing open requests");
    await stopParts([...upstreams.parts, ...serving]);
  }

  return {
    handle: requests.handle,
    listen,
    metrics: () => Promise.resolve(measurements.prometheus.collect()),
    started: started.promise,
    drain,
    cache: cache?.responses,
  };
}
