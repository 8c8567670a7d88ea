import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { GatewayConfig } from "../../contracts/processes/gateway-config.ts";
import { ThreadCounts } from "../../domain/thread-counts.ts";
import { RecentRequests } from "../live/recent-requests.ts";
import { CloudWatchExporter } from "../metrics/cloudwatch-exporter.ts";
import { InFlight } from "../metrics/in-flight.ts";
import { ALL_INSTRUMENTS } from "../metrics/instruments.ts";
import { Meter } from "../metrics/meter.ts";
import { PrometheusExporter } from "../metrics/prometheus-exporter.ts";
import { REQUEST_INSTRUMENTS } from "../metrics/request-instruments.ts";
import { REFUSED_COUNTS } from "../outside-values/token-count.ts";
import type { Part } from "./part.ts";
import type { ProcessShare } from "./process-share.ts";

export interface Measurements {
  readonly meter: Meter;
  readonly prometheus: PrometheusExporter;
  /** @default - no measurements are written for CloudWatch */
  readonly cloudWatch: CloudWatchExporter | undefined;
  readonly inFlight: InFlight;
  /** Of the last minutes, by model. */
  readonly recent: RecentRequests;
  /** Counts the counts that readers of responses refuse, while it runs. */
  readonly refusedCounts: Part;
}

/** @param share where the process's threads count their requests together */
export function createMeasurements(
  { environment }: Pick<GatewayConfig, "environment">,
  { memory, thread }: Pick<ProcessShare, "memory" | "thread">,
  writeMetrics: ((line: string) => void) | undefined,
  wallClock: () => number = Date.now,
): Measurements {
  const prometheus = new PrometheusExporter(ALL_INSTRUMENTS);
  const onFault = () => prometheus.add(REQUEST_INSTRUMENTS.faults, { step: "metrics" }, 1);
  const cloudWatch =
    writeMetrics && new CloudWatchExporter(ALL_INSTRUMENTS, { environment, write: writeMetrics, onFault });
  const recent = new RecentRequests(wallClock);
  const meter = new Meter([prometheus, recent, ...(cloudWatch === undefined ? [] : [cloudWatch])]);
  const inFlight = new InFlight(new ThreadCounts(memory.inFlight, thread));
  meter.watch(REQUEST_INSTRUMENTS.inFlight, () => [{ labels: {}, value: inFlight.own }]);
  meter.watch(REQUEST_INSTRUMENTS.peakInFlight, () => [{ labels: {}, value: inFlight.takePeak() }]);
  const countRefused = () => meter.add(REQUEST_INSTRUMENTS.refusedCounts, {});
  const refusedCounts: Part = {
    start: () => subscribe(REFUSED_COUNTS, countRefused),
    stop: () => unsubscribe(REFUSED_COUNTS, countRefused),
  };
  return { meter, prometheus, cloudWatch, inFlight, recent, refusedCounts };
}
