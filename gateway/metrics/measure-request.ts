import { type ErrorCode, errorEntry } from "../../contracts/api/errors.ts";
import { LIVENESS_PATH } from "../../contracts/processes/process-environment.ts";
import { NANO_USD_PER_USD } from "../../domain/limits/nano-usd.ts";
import type { CacheOutcome } from "../core/cache-outcome.ts";
import { CACHE_INSTRUMENTS } from "./cache-instruments.ts";
import type { Meter } from "./meter.ts";
import { REQUEST_INSTRUMENTS } from "./request-instruments.ts";

/** What is measured of one request that is over; times are milliseconds of the gateway's clock. */
export interface MeasuredRequest {
  /** Path of the operation, or `other`. */
  readonly route: string;
  readonly method: string | undefined;
  readonly status: number;
  readonly durationMs: number;
  readonly startedAt: number;
  readonly firstTokenAt: number | undefined;
  readonly lastTokenAt: number | undefined;
  /** As the client wrote it. */
  readonly model: string | undefined;
  readonly isModelKnown: boolean;
  readonly errorCode: ErrorCode | undefined;
  readonly isAborted: boolean;
  readonly promptTokens: number | undefined;
  readonly completionTokens: number | undefined;
  readonly chargeNanoUsd: number;
  readonly cache: CacheOutcome | undefined;
}

/** Not a response: the client left before there was one. */
const CLIENT_CLOSED_REQUEST = 499;

/** Counts one request that is over. */
export function measureRequest(meter: Meter, request: MeasuredRequest): void {
  const { route, status, durationMs, errorCode, isAborted, chargeNanoUsd } = request;
  const model = modelLabel(request);
  meter.add(REQUEST_INSTRUMENTS.allRequests, { route, model, status: String(status) });
  meter.observe(REQUEST_INSTRUMENTS.duration, { route }, durationMs);
  if (errorCode !== undefined) meter.add(REQUEST_INSTRUMENTS.allErrors, { code: errorCode });
  if (isAborted) meter.add(REQUEST_INSTRUMENTS.allClientAborts, {});
  if (chargeNanoUsd > 0 && request.isModelKnown)
    meter.add(REQUEST_INSTRUMENTS.charges, { model }, chargeNanoUsd / NANO_USD_PER_USD);
  if (!isProbe(request)) measureService(meter, request);
}

/** What users see: neither health checks nor preflights. */
function measureService(meter: Meter, request: MeasuredRequest): void {
  const { status, errorCode, isAborted, isModelKnown, durationMs, cache } = request;
  const labels = { route: request.route, knownModel: isModelKnown ? modelLabel(request) : "none" };
  const isOurs =
    status >= 500 || (errorCode !== undefined && status < 400 && errorEntry(errorCode).blame === "service");
  const isTheirs = status >= 400 && status < CLIENT_CLOSED_REQUEST;
  meter.add(REQUEST_INSTRUMENTS.requests, labels);
  meter.add(REQUEST_INSTRUMENTS.serverErrors, labels, isOurs ? 1 : 0);
  meter.add(REQUEST_INSTRUMENTS.clientErrors, labels, isTheirs ? 1 : 0);
  if (isAborted) meter.add(REQUEST_INSTRUMENTS.clientAborts, {});
  if (errorCode !== undefined) meter.add(REQUEST_INSTRUMENTS.errors, { code: errorCode });
  // A refusal takes no time, and how long a client waits before it leaves is the client's choice.
  if (isModelKnown && !isTheirs && !isAborted) meter.observe(REQUEST_INSTRUMENTS.latency, labels, durationMs);
  measureTokens(meter, request, { ...labels, model: modelLabel(request) });
  if (cache !== undefined) measureCache(meter, cache);
}

function measureTokens(
  meter: Meter,
  { promptTokens = 0, completionTokens = 0, startedAt, firstTokenAt, lastTokenAt = 0 }: MeasuredRequest,
  labels: { readonly route: string; readonly knownModel: string; readonly model: string },
): void {
  meter.add(REQUEST_INSTRUMENTS.promptTokens, labels, promptTokens);
  meter.add(REQUEST_INSTRUMENTS.completionTokens, labels, completionTokens);
  if (firstTokenAt === undefined) return;
  meter.observe(REQUEST_INSTRUMENTS.timeToFirstToken, labels, firstTokenAt - startedAt);
  if (completionTokens > 1)
    meter.observe(REQUEST_INSTRUMENTS.interTokenLatency, labels, (lastTokenAt - firstTokenAt) / (completionTokens - 1));
}

function measureCache(meter: Meter, outcome: CacheOutcome): void {
  if (outcome.result === "bypass") return;
  meter.add(CACHE_INSTRUMENTS.hits, {}, outcome.result === "hit" ? 1 : 0);
  meter.add(CACHE_INSTRUMENTS.misses, {}, outcome.result === "miss" ? 1 : 0);
}

/** Health checks and preflights, which no user waits for. */
export function isProbe({ route, method }: Pick<MeasuredRequest, "route" | "method">): boolean {
  return route === LIVENESS_PATH || route === "/health" || method === "OPTIONS";
}

/** Labels have few values: a model that does not exist is `unknown`, none at all is `none`. */
function modelLabel({ model, isModelKnown }: MeasuredRequest): string {
  if (model === undefined) return "none";
  return isModelKnown ? model : "unknown";
}
