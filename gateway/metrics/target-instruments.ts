import { GATEWAY_METRICS } from "../../contracts/metrics/gateway-metrics.ts";
import { instrument } from "./instrument.ts";

/** Instruments of targets and providers. */
export const TARGET_INSTRUMENTS = {
  calls: instrument({
    kind: "counter",
    about: "Calls to targets by outcome: ok, the kind of failure, a refused request, hedged away, or abandoned.",
    labels: ["target", "outcome"],
    prometheus: { name: GATEWAY_METRICS.targetCalls },
  }),
  failovers: instrument({
    kind: "counter",
    about: "Requests that this target served after another call had failed.",
    labels: ["target"],
    prometheus: { name: GATEWAY_METRICS.targetFailovers },
  }),
  spend: instrument({
    kind: "counter",
    about: "Dollars of responses, from their tokens and the configured prices.",
    labels: ["target"],
    prometheus: { name: GATEWAY_METRICS.targetSpend },
  }),
  breaker: instrument({
    kind: "gauge",
    about: "Worst breaker of the target's servers: 0 closed, 1 coming back, 2 half open, 3 open.",
    labels: ["target"],
    prometheus: { name: GATEWAY_METRICS.targetBreaker, aggregator: "max" }, // over the process's threads
  }),
  spendOfMonth: instrument({
    kind: "gauge",
    about: "Dollars that a provider has cost in this calendar month.",
    labels: ["provider"],
    prometheus: { name: GATEWAY_METRICS.providerSpendMonth, aggregator: "max" },
  }),
} as const;
