import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { GATEWAY_METRICS } from "../../contracts/gateway-metrics.ts";
import type { EngineDirectory } from "../engines/engine-directory.ts";
import { registerRoutingMetrics } from "../engines/engine-measurements.ts";
import type { Exchange } from "../exchange.ts";
import type { EmfMetrics } from "./cloudwatch-exporter.ts";

/** From a cache hit's milliseconds to the longest time limit. */
const REQUEST_BUCKETS = [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];
const FIRST_TOKEN_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30];
const INTER_TOKEN_BUCKETS = [0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1, 5];

/** The gateway's own counts. Labels have few values: a model that does not exist is `unknown`, none at all is `none`. */
export class GatewayMetrics {
  readonly registry = new Registry();
  readonly inFlight: Gauge;
  readonly #requests: Counter<"route" | "model" | "status">;
  readonly #errors: Counter<"code">;
  readonly #aborts: Counter;
  readonly #promptTokens: Counter<"model">;
  readonly #completionTokens: Counter<"model">;
  readonly #charges: Counter<"model">;
  readonly #duration: Histogram<"route">;
  readonly #firstToken: Histogram<"model">;
  readonly #interToken: Histogram<"model">;
  readonly #emf: EmfMetrics | undefined;

  /** @param emf counts the same requests for CloudWatch */
  constructor(directory: EngineDirectory, emf?: EmfMetrics) {
    this.#emf = emf;
    const registers = [this.registry];
    const names = GATEWAY_METRICS;
    this.inFlight = new Gauge({ name: names.inFlight, help: "Requests in progress.", registers });
    this.#requests = new Counter({
      name: names.requests,
      help: "Requests by route, model and status; 499 is a client that left before its answer began.",
      labelNames: ["route", "model", "status"],
      registers,
    });
    this.#errors = new Counter({
      name: names.errors,
      help: "Errors by code, those in the middle of a stream included.",
      labelNames: ["code"],
      registers,
    });
    this.#aborts = new Counter({ name: names.clientAborts, help: "Clients that left before the end.", registers });
    this.#promptTokens = new Counter({
      name: names.promptTokens,
      help: "Prompt tokens, as the engines count them.",
      labelNames: ["model"],
      registers,
    });
    this.#completionTokens = new Counter({
      name: names.completionTokens,
      help: "Generated tokens, as the engines count them; events for a stream that did not reach its end.",
      labelNames: ["model"],
      registers,
    });
    this.#charges = new Counter({
      name: names.charges,
      help: "Dollars that requests count for, by the price of what answered; lines of batches at half of it.",
      labelNames: ["model"],
      registers,
    });
    this.#duration = new Histogram({
      name: names.requestDuration,
      help: "From the request's head to the end of its answer.",
      labelNames: ["route"],
      buckets: REQUEST_BUCKETS,
      registers,
    });
    this.#firstToken = new Histogram({
      name: names.timeToFirstToken,
      help: "From the request's head to the first event with text, streams only.",
      labelNames: ["model"],
      buckets: FIRST_TOKEN_BUCKETS,
      registers,
    });
    this.#interToken = new Histogram({
      name: names.interTokenLatency,
      help: "Mean time between a stream's tokens, one value for each stream.",
      labelNames: ["model"],
      buckets: INTER_TOKEN_BUCKETS,
      registers,
    });
    new Gauge({
      name: names.engineReady,
      help: "Engines that can take a request.",
      labelNames: ["model"],
      registers,
      aggregator: "max", // every thread knows the same engines
      collect() {
        for (const pool of directory.pools) this.set({ model: pool.config.id }, pool.readyEngines.length);
      },
    });
    registerRoutingMetrics(this.registry, directory);
  }

  /** Counts one request that is over. */
  record(exchange: Exchange, status: number, durationMs: number): void {
    this.#emf?.record(exchange, status, durationMs);
    const model = exchange.isModelKnown && exchange.model !== undefined ? exchange.model : labelOfNoModel(exchange);
    this.#requests.inc({ route: exchange.route, model, status: String(status) });
    this.#duration.observe({ route: exchange.route }, durationMs / 1000);
    if (exchange.errorCode !== undefined) this.#errors.inc({ code: exchange.errorCode });
    if (exchange.isAborted) this.#aborts.inc();
    const { promptTokens = 0, completionTokens = 0, firstTokenAt, lastTokenAt = 0 } = exchange;
    if (promptTokens > 0) this.#promptTokens.inc({ model }, promptTokens);
    if (completionTokens > 0) this.#completionTokens.inc({ model }, completionTokens);
    if (exchange.chargeUsd > 0) this.#charges.inc({ model }, exchange.chargeUsd);
    if (firstTokenAt === undefined) return;
    this.#firstToken.observe({ model }, (firstTokenAt - exchange.startedAt) / 1000);
    if (completionTokens > 1)
      this.#interToken.observe({ model }, (lastTokenAt - firstTokenAt) / 1000 / (completionTokens - 1));
  }
}

function labelOfNoModel({ model }: Exchange): string {
  return model === undefined ? "none" : "unknown";
}
