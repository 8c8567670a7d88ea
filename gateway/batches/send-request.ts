import { setTimeout as sleep } from "node:timers/promises";
import { PRIORITY_HEADER, REQUEST_ID_HEADER } from "../../contracts/api/headers.ts";
import { parseJson } from "../../lib/parse-json.ts";
import type { Caller, GatewayRequest } from "../core/request.ts";
import type { GatewayResponse } from "../core/response.ts";
import { BoundedBytes } from "../http/bounded-bytes.ts";
import { bufferedBody } from "../in-process/buffered-body.ts";
import { bodyChunks } from "../in-process/byte-queue.ts";
import { jsonBytes } from "../outside-values/paced-json.ts";
import type { BatchRequest } from "./check-request.ts";
import type { ConcurrencyLimiter } from "./concurrency-limiter.ts";

/**
 * The response to one request of a batch, its body as JSON on one line; `undefined` when it was not sent, or was aborted.
 */
export type BatchResponse =
  | { readonly status: number; readonly requestId: string; readonly body: Buffer }
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
  /** Ends the wait before the request is sent again. Aborted with `signal` at the latest. */
  readonly leaving: AbortSignal;
  readonly random: () => number;
  /** First wait after a refusal. @default 1000 */
  readonly retryMs?: number;
}

/** Largest response that is stored; the longest generation is far below, a page of embeddings near it. */
const MAX_RESPONSE_BYTES = 8 * 1024 * 1024;
/** Of a response that is parsed to see whether it is JSON: it takes some milliseconds at most. */
const MAX_CHECKED_BYTES = 256 * 1024;
const [LINE_FEED, CARRIAGE_RETURN, BLANK] = [0x0a, 0x0d, 0x20];
/** Attempts after failures on our side. Refusals for lack of capacity are sent again until the batch's time is over. */
const MAX_FAILURES = 3;
const MAX_WAIT_MS = 60_000;

/** Sends one request of a batch, as often as it takes. */
export async function sendRequest(request: BatchRequest, options: SendRequestOptions): Promise<BatchResponse> {
  const { limiter, isExpired, isStopped, signal, leaving, random, retryMs = 1000 } = options;
  let failures = 0;
  for (let attempt = 0; ; attempt++) {
    await limiter.acquire();
    let outcome: "served" | "full" | undefined;
    let waitMs = Math.min(MAX_WAIT_MS, retryMs * 2 ** attempt) * (0.5 + random() / 2);
    try {
      if (signal.aborted || isStopped()) return undefined;
      if (isExpired()) return "expired";
      const response = await sendOnce(request, options);
      if ((response.status === 429 && !response.isFinal) || response.status === 503) {
        outcome = "full";
        waitMs = Math.max(waitMs, Math.min(MAX_WAIT_MS, response.retryAfterMs * (retryMs / 1000)));
      } else {
        outcome = "served";
        if (response.status < 500 || response.isFinal || ++failures >= MAX_FAILURES) return response;
      }
    } catch {
      if (signal.aborted) return undefined;
      if (++failures >= MAX_FAILURES) return broken();
    } finally {
      limiter.release(outcome);
    }
    await sleep(waitMs, undefined, { signal: leaving }).catch(() => undefined);
  }
}

async function sendOnce(request: BatchRequest, { handle, endpoint, caller, signal }: SendRequestOptions) {
  const response = await handle({
    method: "POST",
    target: endpoint,
    headers: { "content-type": "application/json", [PRIORITY_HEADER]: "batch" },
    body: bufferedBody(await jsonBytes(request.body)),
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
    // It would be too large again.
    return { status: 500, requestId, body: errorBody("answer_too_large", message), retryAfterMs: 0, isFinal: true };
  }
  const retryAfterMs = 1000 * (Number.isFinite(retryAfter) ? retryAfter : 0);
  // A limit that has room at no time: the request is too large for it, or credit is used up.
  const isFinal = headers["x-should-retry"] === "false" && retryAfter === 0;
  return { status, requestId, body: onOneLine(bytes), retryAfterMs, isFinal };
}

/**
 * The response as it is, since to parse a large one and to write it again would hold the thread. A line break of JSON is
 * white space: within a text it is escaped.
 */
function onOneLine(bytes: Buffer): Buffer {
  if (bytes.length <= MAX_CHECKED_BYTES && parseJson(bytes.toString("utf8")) === undefined) return Buffer.from("null");
  if (!bytes.includes(LINE_FEED) && !bytes.includes(CARRIAGE_RETURN)) return bytes;
  return Buffer.from(bytes.map((byte) => (byte === LINE_FEED || byte === CARRIAGE_RETURN ? BLANK : byte)));
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

function errorBody(code: string, message: string): Buffer {
  return Buffer.from(JSON.stringify({ error: { message, type: "server_error", param: null, code } }));
}
