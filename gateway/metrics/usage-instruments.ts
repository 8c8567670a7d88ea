import { METRICS } from "../../contracts/metrics/catalogue.ts";
import { GATEWAY_METRICS } from "../../contracts/metrics/gateway-metrics.ts";
import { instrument } from "./instrument.ts";

/** Instruments of usage events. */
export const USAGE_INSTRUMENTS = {
  waitingSeconds: instrument({
    kind: "gauge",
    about: METRICS.usageWaiting.about,
    labels: [],
    prometheus: { name: GATEWAY_METRICS.usageWaiting, aggregator: "max" },
    cloudWatch: { metric: METRICS.usageWaiting, dimensions: {} },
  }),
  lostEvents: instrument({
    kind: "counter",
    about: METRICS.usageLost.about,
    labels: [],
    prometheus: { name: GATEWAY_METRICS.usageLost },
    cloudWatch: { metric: METRICS.usageLost, dimensions: {}, isZeroWritten: true },
  }),
} as const;
