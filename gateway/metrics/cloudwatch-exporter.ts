import { errorEntry } from "../../contracts/errors.ts";
import { GATEWAY_METRICS_WINDOW_SECONDS, METRICS } from "../../contracts/metrics/catalogue.ts";
import { LIVENESS_PATH } from "../../contracts/process-environment.ts";
import type { Admission } from "../admission/admission.ts";
import type { EngineDirectory } from "../engines/engine-directory.ts";
import type { CacheOutcome, Exchange } from "../exchange.ts";
import type { SharedCount } from "../threads/shared-memory.ts";
import { Distribution } from "./distribution.ts";
import { type EmfRecord, emfLines } from "./emf.ts";

export interface EmfMetricsOptions {
  readonly environment: string;
  readonly directory: Pick<EngineDirectory, "pools">;
  /** Requests in progress on this gateway, in all its threads. */
  readonly inFlight: SharedCount;
  readonly admission: Pick<Admission, "waitingFor">;
  /** Takes one line, without its line break. */
  write(line: string): void;
  /** Milliseconds since 1970. @default - Date.now */
  readonly now?: () => number;
  /** @default - 10 s, which the dashboard's arithmetic counts on */
  readonly windowMs?: number;
}

/** What one route of one model saw in a window. */
interface Tally {
  readonly latency: Distribution;
  readonly firstToken: Distribution;
  readonly perToken: Distribution;
  requests: number;
  clientErrors: number;
  serverErrors: number;
  promptTokens: number;
  completionTokens: number;
}

/** Not an answer: the client left before there was one. */
const CLIENT_CLOSED_REQUEST = 499;

/**
 * The gateway's CloudWatch metrics: what a window saw, added up, written as a few lines at its end. The number of lines
 * depends on models, routes and error codes, not on requests.
 */
export class EmfMetrics {
  readonly #options: EmfMetricsOptions;
  readonly #now: () => number;
  readonly #windowMs: number;
  #tallies = new Map<string, Map<string, Tally>>();
  #errors = new Map<string, number>();
  #aborts = 0;
  #deadLetters = 0;
  /** Dollars by model. */
  #charges = new Map<string, number>();
  #cache = { hits: 0, misses: 0, savedTokens: 0 };
  #peak = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: EmfMetricsOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#windowMs = options.windowMs ?? GATEWAY_METRICS_WINDOW_SECONDS * 1000;
  }

  /** Writes at the end of every window from now on; windows end at multiples of their length, on every gateway alike. */
  start(): void {
    this.#schedule(this.#endOfWindow(this.#now()));
  }

  /** Writes what the last window has so far. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#flush(this.#now());
  }

  opened(): void {
    this.#peak = Math.max(this.#peak, this.#options.inFlight.add(1));
  }

  closed(): void {
    this.#options.inFlight.add(-1);
  }

  /** Counts work of a batch that was given up. */
  deadLetter(): void {
    this.#deadLetters++;
  }

  /** Counts one request that is over. Health checks and preflights are none. */
  record(exchange: Exchange, status: number, durationMs: number): void {
    const { route, errorCode, isAborted, isModelKnown, promptTokens = 0, completionTokens = 0 } = exchange;
    if (route === LIVENESS_PATH || route === "/health" || exchange.request.method === "OPTIONS") return;
    const tally = this.#tally(isModelKnown && exchange.model !== undefined ? exchange.model : "none", route);
    const isOurs =
      status >= 500 || (errorCode !== undefined && status < 400 && errorEntry(errorCode).blame === "service");
    const isTheirs = status >= 400 && status < CLIENT_CLOSED_REQUEST;
    tally.requests++;
    if (isOurs) tally.serverErrors++;
    if (isTheirs) tally.clientErrors++;
    if (isAborted) this.#aborts++;
    if (errorCode !== undefined) this.#errors.set(errorCode, (this.#errors.get(errorCode) ?? 0) + 1);
    tally.promptTokens += promptTokens;
    tally.completionTokens += completionTokens;
    this.#recordCharge(exchange);
    this.#recordCache(exchange.cache);
    // A refusal takes no time, and how long a client waits before it leaves is the client's choice.
    if (isModelKnown && !isTheirs && !isAborted) tally.latency.add(durationMs);
    const { firstTokenAt, lastTokenAt = 0 } = exchange;
    if (firstTokenAt === undefined) return;
    tally.firstToken.add(firstTokenAt - exchange.startedAt);
    if (completionTokens > 1) tally.perToken.add((lastTokenAt - firstTokenAt) / (completionTokens - 1));
  }

  #recordCharge({ model, isModelKnown, chargeUsd }: Exchange): void {
    if (!isModelKnown || model === undefined || chargeUsd === 0) return;
    this.#charges.set(model, (this.#charges.get(model) ?? 0) + chargeUsd);
  }

  #recordCache(outcome: CacheOutcome | undefined): void {
    if (outcome?.result === "miss") this.#cache.misses++;
    if (outcome?.result !== "hit") return;
    this.#cache.hits++;
    this.#cache.savedTokens += outcome.savedTokens;
  }

  #endOfWindow(time: number): number {
    return (Math.floor(time / this.#windowMs) + 1) * this.#windowMs;
  }

  #schedule(end: number): void {
    this.#timer = setTimeout(() => {
      this.#flush(end - 1); // the window that ends, not the one that begins
      // A timer may be a little early or, on a machine that slept, very late: never two lines for one window.
      this.#schedule(Math.max(end + this.#windowMs, this.#endOfWindow(this.#now())));
    }, end - this.#now()).unref();
  }

  #flush(time: number): void {
    for (const record of this.#records(time)) for (const line of emfLines(record)) this.#options.write(line);
    this.#tallies = new Map();
    this.#errors = new Map();
    this.#aborts = 0;
    this.#deadLetters = 0;
    this.#charges = new Map();
    this.#cache = { hits: 0, misses: 0, savedTokens: 0 };
    this.#peak = this.#options.inFlight.value;
  }

  #tally(model: string, route: string): Tally {
    let routes = this.#tallies.get(model);
    if (routes === undefined) {
      routes = new Map();
      this.#tallies.set(model, routes);
    }
    let tally = routes.get(route);
    if (tally === undefined) {
      tally = {
        latency: new Distribution(),
        firstToken: new Distribution(),
        perToken: new Distribution(),
        requests: 0,
        clientErrors: 0,
        serverErrors: 0,
        promptTokens: 0,
        completionTokens: 0,
      };
      routes.set(route, tally);
    }
    return tally;
  }

  *#records(time: number): Generator<EmfRecord> {
    const { environment: Environment, directory, admission } = this.#options;
    yield {
      time,
      dimensions: { Environment },
      values: [
        { metric: METRICS.inFlight, value: this.#peak },
        { metric: METRICS.clientAborts, value: this.#aborts },
        // Without requests too, so that an alarm on their sum knows nothing is wrong rather than nothing.
        { metric: METRICS.requests, value: 0 },
        { metric: METRICS.clientErrors, value: 0 },
        { metric: METRICS.serverErrors, value: 0 },
      ],
    };
    // Only when there are some: a metric that is never written costs nothing.
    if (this.#deadLetters > 0)
      yield { time, dimensions: { Environment }, values: [{ metric: METRICS.deadLetters, value: this.#deadLetters }] };
    const { hits, misses, savedTokens } = this.#cache;
    if (hits + misses > 0)
      yield {
        time,
        dimensions: { Environment },
        values: [
          { metric: METRICS.cacheHits, value: hits },
          { metric: METRICS.cacheMisses, value: misses },
          { metric: METRICS.cacheSavedTokens, value: savedTokens },
        ],
      };
    for (const [Model, value] of this.#charges)
      yield { time, dimensions: { Environment, Model }, values: [{ metric: METRICS.charges, value }] };
    for (const pool of directory.pools) {
      const { id, maxRequestsPerEngine } = pool.config;
      const ready = pool.readyEngines;
      const waiting = admission.waitingFor(id);
      // How many engines stand behind the load balancer is not known here: at least one does.
      const capacity = ready.reduce((sum, engine) => sum + Math.min(engine.maxRequests, maxRequestsPerEngine), 0);
      yield {
        time,
        dimensions: { Environment, Model: id },
        values: [
          { metric: METRICS.engineRequests, value: pool.candidates.reduce((sum, engine) => sum + engine.inFlight, 0) },
          { metric: METRICS.engineCapacity, value: capacity },
          { metric: METRICS.readyEngines, value: ready.length },
          { metric: METRICS.queueDepth, value: waiting.requests },
          { metric: METRICS.queueAge, value: waiting.oldestSeconds },
        ],
      };
    }
    for (const [ErrorCode, count] of this.#errors)
      yield { time, dimensions: { Environment, ErrorCode }, values: [{ metric: METRICS.errorsByCode, value: count }] };
    for (const [Model, routes] of this.#tallies)
      for (const [Route, tally] of routes)
        yield { time, dimensions: { Environment, Model, Route }, values: valuesOf(tally) };
  }
}

function valuesOf(tally: Tally): EmfRecord["values"] {
  return [
    { metric: METRICS.requests, value: tally.requests },
    { metric: METRICS.clientErrors, value: tally.clientErrors },
    { metric: METRICS.serverErrors, value: tally.serverErrors },
    { metric: METRICS.promptTokens, value: tally.promptTokens },
    { metric: METRICS.completionTokens, value: tally.completionTokens },
    { metric: METRICS.latency, value: tally.latency },
    { metric: METRICS.timeToFirstToken, value: tally.firstToken },
    { metric: METRICS.timePerOutputToken, value: tally.perToken },
  ];
}
