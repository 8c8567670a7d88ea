import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { ErrorCode } from "../contracts/errors.ts";
import { EDGE_REQUEST_ID_HEADER, REQUEST_ID_HEADER } from "../contracts/headers.ts";
import type { Priority } from "../contracts/priority.ts";
import { chargeUsd } from "../domain/targets/target-cost.ts";
import type { CacheOutcome } from "./core/cache-outcome.ts";
import type { Target } from "./core/target.ts";
import type { InboundContext, InboundDialect } from "./dialects/inner/dialect.ts";
import type { RoutePath } from "./http/routes.ts";

const EDGE_ID_FORM = /^[\w=.:+/-]{1,128}$/;

/** One request and its answer, with what the stages found out about it; `settle` turns that into a log line and counts. */
export class Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  /** Milliseconds of the gateway's clock. */
  readonly startedAt: number;
  /** Headers of the answer, whatever it will be. */
  readonly headers: Record<string, string>;
  /** Ends the calls to engines that are made for this request; its reason says why. */
  readonly abort = new AbortController();

  route: RoutePath | "other" = "other";
  /** As the client wrote it, so it may be unknown; a metric label only after it was found. */
  model: string | undefined = undefined;
  isModelKnown = false;
  /** Whose share of the service this request takes: a key's, else an address's. */
  tenant = "unknown";
  priority: Priority = "normal";
  /** Milliseconds that it waited for a place; `undefined` when there was one at once. */
  queuedMs: number | undefined = undefined;
  /** What the tokens cost against those of a usual request. */
  priceFactor = 1;
  /** How the client speaks, where that is not OpenAI's chat; known from the path. */
  clientDialect: InboundDialect | undefined = undefined;
  /** The same with what its body said; known once that was read. */
  inbound: { readonly dialect: InboundDialect; readonly context: InboundContext } | undefined = undefined;
  /** Who answered, or was asked last. */
  target: Target | undefined = undefined;
  targetId: string | undefined = undefined;
  /** Calls made for this request. */
  attempts = 0;
  /** Those of them that failed. */
  failedAttempts = 0;
  /** Silence of a target before its first byte after which the next one is tried. */
  failoverAfterMs: number | undefined = undefined;
  /** The same after which another one is asked beside it. */
  hedgeAfterMs: number | undefined = undefined;
  engineId: string | undefined = undefined;
  keyId: string | undefined = undefined;
  /** Not for what never comes to the cache. */
  cache: CacheOutcome | undefined = undefined;
  stream = false;
  promptTokens: number | undefined = undefined;
  completionTokens: number | undefined = undefined;
  firstTokenAt: number | undefined = undefined;
  lastTokenAt: number | undefined = undefined;
  errorCode: ErrorCode | undefined = undefined;
  /** What was thrown that is not part of the catalogue. */
  failure: unknown = undefined;
  /** Whether the client left before its answer was complete. */
  isAborted = false;

  /** Dollars for which it counts, by its tokens, the price of what answered, and half of it for a line of a batch. */
  get chargeUsd(): number {
    return this.target === undefined ? 0 : chargeUsd(this.target.callerPrice ?? this.target.price, this);
  }

  constructor(request: IncomingMessage, response: ServerResponse, now: number) {
    this.request = request;
    this.response = response;
    this.startedAt = now;
    const edgeId = request.headers[EDGE_REQUEST_ID_HEADER];
    this.requestId =
      typeof edgeId === "string" && EDGE_ID_FORM.test(edgeId) ? edgeId : `req_${randomUUID().replaceAll("-", "")}`;
    this.headers = { [REQUEST_ID_HEADER]: this.requestId };
  }

  /** Says who is asked, or who has answered. */
  sentTo(target: Target, engineId: string): void {
    this.target = target;
    this.targetId = target.id;
    this.engineId = engineId;
  }
}
