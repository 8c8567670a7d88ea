import type { GatewayConfig } from "../../contracts/gateway-config.ts";
import { SharedCount } from "../core/shared-count.ts";
import { CloudWatchExporter } from "../metrics/cloudwatch-exporter.ts";
import { InFlight } from "../metrics/in-flight.ts";
import { ALL_INSTRUMENTS, INSTRUMENTS } from "../metrics/instruments.ts";
import { Meter } from "../metrics/meter.ts";
import { PrometheusExporter } from "../metrics/prometheus-exporter.ts";

export interface Measurements {
  readonly meter: Meter;
  readonly prometheus: PrometheusExporter;
  /** @default - nothing is written for CloudWatch */
  readonly cloudWatch: CloudWatchExporter | undefined;
  readonly inFlight: InFlight;
}

/** @param inFlightMemory where the process's threads count their requests together */
export function createMeasurements(
  { environment }: Pick<GatewayConfig, "environment">,
  inFlightMemory: SharedArrayBuffer,
  writeMetrics: ((line: string) => void) | undefined,
): Measurements {
  const prometheus = new PrometheusExporter(ALL_INSTRUMENTS);
  const cloudWatch = writeMetrics && new CloudWatchExporter(ALL_INSTRUMENTS, { environment, write: writeMetrics });
  const meter = new Meter(cloudWatch === undefined ? [prometheus] : [prometheus, cloudWatch]);
  const inFlight = new InFlight(new SharedCount(inFlightMemory));
  meter.watch(INSTRUMENTS.inFlight, () => [{ labels: {}, value: inFlight.own }]);
  meter.watch(INSTRUMENTS.peakInFlight, () => [{ labels: {}, value: inFlight.takePeak() }]);
  return { meter, prometheus, cloudWatch, inFlight };
}
