import type { Logger } from "pino";
import { withoutKeys } from "../../contracts/api/errors.ts";
import { NANO_USD_PER_USD } from "../../domain/limits/nano-usd.ts";
import type { RequestFacts, SettledRequest } from "../core/record.ts";
import type { RecentLines } from "../live/lines/recent-lines.ts";
import type { LineOutput } from "../metrics/line-output.ts";
import { isProbe, measureRequest } from "../metrics/measure-request.ts";
import type { Meter } from "../metrics/meter.ts";
import { chargeNanoUsdOf } from "../usage/charged-tokens.ts";
import type { Received } from "./request-states.ts";

const MAX_MODEL_CHARACTERS = 80;

export interface SettleTools {
  /** Its level decides which requests have a line. */
  readonly logger: Logger;
  /** Takes the line of each request, with its line break. */
  readonly requestLog: LineOutput;
  /** Takes the same lines without those of probes and of operators who look. @default - nobody reads them */
  readonly recentLines?: Pick<RecentLines, "add"> | undefined;
  readonly meter: Meter;
  /** Milliseconds of the gateway's clock. */
  readonly now: () => number;
  /** Writes the usage event of a request. @default - there are none */
  readonly usage?: { record(settled: SettledRequest): void } | undefined;
}

/**
 * Last step, for every request however it ended: one log line and the counts. The line has neither prompt nor
 * completion, neither key nor headers.
 * @param status of the response; 499 when the client left before it began
 */
export function settle(received: Received, facts: RequestFacts, status: number, tools: SettleTools): void {
  const { request, requestId, startedAt } = received;
  const { meter, now, usage } = tools;
  const durationMs = now() - startedAt;
  const { method } = request;
  const chargeNanoUsd = chargeNanoUsdOf(facts);
  const settled = { ...facts, requestId, method, status, startedAt, durationMs, chargeNanoUsd };
  usage?.record(settled);
  measureRequest(meter, settled);
  writeLine(settled, tools);
}

/** As JSON: the log's own writer puts a line together field by field, which took twice as long (docs/benchmarks.md). */
function writeLine(settled: SettledRequest, { logger, requestLog, recentLines }: SettleTools): void {
  const level = settled.failure === undefined ? "info" : "error";
  if (!logger.isLevelEnabled(level)) return;
  const line = `${JSON.stringify(logLine(settled, level))}\n`;
  requestLog.write(line);
  if (!isRoutine(settled)) recentLines?.add(line);
}

/** Health checks, and pages of operators that read twice a second: they would drive all other lines out. */
function isRoutine(settled: SettledRequest): boolean {
  if (settled.status >= 400) return false;
  return isProbe(settled) || (settled.method === "GET" && settled.route.startsWith("/admin/"));
}

function logLine(settled: SettledRequest, level: "info" | "error") {
  const { startedAt, firstTokenAt, queuedMs, priceFactor, chargeNanoUsd, failure } = settled;
  return {
    level,
    time: Date.now(),
    requestId: settled.requestId,
    route: settled.route,
    method: settled.method,
    status: settled.status,
    errorCode: settled.errorCode,
    rule: settled.rule,
    decisionId: settled.decisionId,
    model: settled.model === undefined ? undefined : withoutKeys(settled.model.slice(0, MAX_MODEL_CHARACTERS)),
    targetId: settled.target?.id,
    upstreamRedirect: settled.upstreamRedirect,
    engineId: settled.engineId,
    keyId: settled.keyId,
    projectId: settled.projectId,
    priority: settled.priority,
    stream: settled.stream,
    cache: settled.cache?.result,
    promptTokens: settled.promptTokens,
    completionTokens: settled.completionTokens,
    priceFactor: priceFactor === 1 ? undefined : priceFactor,
    chargeUsd: chargeNanoUsd === 0 ? undefined : chargeNanoUsd / NANO_USD_PER_USD,
    firstTokenMs: firstTokenAt === undefined ? undefined : rounded(firstTokenAt - startedAt),
    queuedMs: queuedMs === undefined ? undefined : rounded(queuedMs),
    durationMs: rounded(settled.durationMs),
    aborted: settled.isAborted,
    failure: failure === undefined ? undefined : describeFailure(failure),
    msg: "request",
  };
}

function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}

/** Kind and location of an unexpected exception. Not its message, which may quote the client's body. */
export function describeFailure(failure: unknown): { readonly name: string; readonly stack: readonly string[] } {
  if (!(failure instanceof Error)) return { name: typeof failure, stack: [] };
  const frames = (failure.stack ?? "").split("\n").filter((frame) => frame.startsWith("    at "));
  return { name: failure.name, stack: frames.map((frame) => frame.trim()) };
}
