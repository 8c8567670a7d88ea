import { setTimeout as sleep } from "node:timers/promises";
import { PRIORITY_HEADER, REQUEST_ID_HEADER } from "../../contracts/api/headers.ts";
import { parseJson } from "../../lib/parse-json.ts";
import type { Caller, GatewayRequest } from "../core/request.ts";
import type { GatewayResponse } from "../core/response.ts";
import { BoundedBytes } from "../http/bounded-bytes.ts";
import { bufferedBody } from "../in-process/buffered-body.ts";
import { bodyChunks } from "../in-process/byte-queue.ts";
import type { BatchRequest } from "./check-request.ts";
import type { ConcurrencyLimiter } from "./concurrency-limiter.ts";

/** The response to one request of a batch; `undefined` when it was not sent, or was aborted. */
export type BatchResponse =
  | { readonly status: number; readonly requestId: string; readonly body: unknown }
  | "expired"
  | undefined;

export interface SendRequestOptions {
  /** Serves the request. Never rejects. */
  readonly handle: (request: GatewayRequest) => Promise<GatewayResponse>;
  readonly limiter: ConcurrencyLimiter;
  readonly endpoint: string;
  /** The caller that pays; checked when the batch was accepted. */
  readonly caller: Caller;
  /** Whether the batch's time is over. */
  readonly isExpired: () => boolean;
  /** Whether no new request may be sent. */
  readonly isStopped: () => boolean;
  /** Aborts the request. */
  readonly signal: AbortSignal;
  readonly random: () => number;
  /** First wait after a refusal. @default 1000 */
  readonly retryMs?: number;
}

/** Largest response that is stored; the longest generation is far below, a page of embeddings near it. */
const MAX_RESPONSE_BYTES = 8 * 1024 * 1024;
/** Attempts after failures on our side. Refusals for lack of capacity are sent again until the batch's time is over. */
const MAX_FAILURES = 3;
const MAX_WAIT_MS = 60_000;

/** Sends one request of a batch, as often as it takes. */
export async function sendRequest(request: BatchRequest, options: SendRequestOptions): Promise<BatchResponse> {
  const { limiter, isExpired, isStopped, signal, random, retryMs = 1000 } = options;
  let failures = 0;
  for (let attempt = 0; ; attempt++) {
    await limiter.acquire();
    let outcome: "served" | "full" | undefined;
    let waitMs = Math.min(MAX_WAIT_MS, retryMs * 2 ** attempt) * (0.5 + random() / 2);
    try {
      if (signal.aborted || isStopped()) return undefined;
      if (isExpired()) return "expired";
      const response = await sendOnce(request, options);
      if (response.status === 429 || response.status === 503) {
        outcome = "full";
        waitMs = Math.max(waitMs, Math.min(MAX_WAIT_MS, response.retryAfterMs * (retryMs / 1000)));
      } else {
        outcome = "served";
        if (response.status < 500 || ++failures >= MAX_FAILURES) return response;
      }
    } catch {
      if (signal.aborted) return undefined;
      if (++failures >= MAX_FAILURES) return broken();
    } finally {
      limiter.release(outcome);
    }
    await sleep(waitMs, undefined, { signal }).catch(() => undefined);
  }
}

async function sendOnce(request: BatchRequest, { handle, endpoint, caller, signal }: SendRequestOptions) {
  const response = await handle({
    method: "POST",
    target: endpoint,
    headers: { "content-type": "application/json", [PRIORITY_HEADER]: "batch" },
    body: bufferedBody(Buffer.from(JSON.stringify(request.body))),
    address: "",
    // One of its own, so that the batch's signal does not hold what listens to it.
    signal: AbortSignal.any([signal]),
    knownCaller: caller,
  });
  const { status, headers } = response;
  const retryAfter = Number(headers["retry-after"] ?? 0);
  const requestId = headers[REQUEST_ID_HEADER] ?? "";
  const bytes = await wholeBody(response);
  if (bytes === undefined) {
    const message = `The response is over ${MAX_RESPONSE_BYTES} bytes. Request less at once.`;
    return { status: 500, requestId, body: errorBody("answer_too_large", message), retryAfterMs: 0 };
  }
  const body = parseJson(bytes.toString("utf8")) ?? null;
  return { status, requestId, body, retryAfterMs: 1000 * (Number.isFinite(retryAfter) ? retryAfter : 0) };
}

/** @returns `undefined` when it is too long @throws when the response was broken off */
async function wholeBody(response: GatewayResponse): Promise<Buffer | undefined> {
  const bytes = new BoundedBytes(MAX_RESPONSE_BYTES);
  for await (const chunk of bodyChunks(response)) if (!bytes.push(chunk)) return undefined;
  return bytes.whole();
}

function broken(): BatchResponse {
  return { status: 502, requestId: "", body: errorBody("upstream_error", "The request could not be completed.") };
}

function errorBody(code: string, message: string): unknown {
  return { error: { message, type: "server_error", param: null, code } };
}
