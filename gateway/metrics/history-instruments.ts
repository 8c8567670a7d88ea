import { METRICS } from "../../contracts/metrics/catalogue.ts";
import { GATEWAY_METRICS } from "../../contracts/metrics/gateway-metrics.ts";
import { instrument } from "./instrument.ts";

/** Instruments of the history of generations. */
export const HISTORY_INSTRUMENTS = {
  lost: instrument({
    kind: "counter",
    about: METRICS.historyLost.about,
    labels: [],
    prometheus: { name: GATEWAY_METRICS.historyLost },
    cloudWatch: { metric: METRICS.historyLost, dimensions: {} },
  }),
} as const;
