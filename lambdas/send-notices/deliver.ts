import http from "node:http";
import https from "node:https";
import { AddressRefused, guardedLookup, isRefusedHost, type Lookup } from "../../lib/address-guard.ts";

export interface DeliverOptions {
  /** Hosts that may have private addresses. @default - none */
  readonly allowPrivateHosts?: readonly string[];
  /** @default - the system's resolver */
  readonly lookup?: Lookup;
  /** Longest time of one attempt, in milliseconds. @default 10000 */
  readonly timeoutMs?: number;
}

/** What became of one attempt. */
export interface Attempted {
  readonly isDelivered: boolean;
  /** Whether the receiver says that it wants no more. */
  readonly isGone: boolean;
  /** @default - no response came */
  readonly status?: number;
  /** @default - it was delivered */
  readonly error?: string;
}

const TIMEOUT_MS = 10_000;
const MAX_HEADER_BYTES = 16_384;
/** Responses before the response, such as 103; servers send one. */
const MAX_INFORMATIONAL = 8;
const MAX_ERROR_CHARACTERS = 300;
const GONE = 410;

/**
 * Sends one message to an address of somebody's own. It connects to an address that was checked after the name was
 * resolved, follows no redirect, reads no body, and ends after a time.
 */
export async function deliver(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  options: DeliverOptions = {},
): Promise<Attempted> {
  try {
    const status = await statusOf(new URL(url), headers, body, options);
    const isDelivered = status >= 200 && status < 300;
    return { isDelivered, isGone: status === GONE, status, ...(isDelivered ? {} : { error: `HTTP ${status}` }) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { isDelivered: false, isGone: false, error: message.slice(0, MAX_ERROR_CHARACTERS) };
  }
}

/** By `node:http`, as a bundle with undici is three times as large. */
async function statusOf(
  target: URL,
  headers: Readonly<Record<string, string>>,
  body: string,
  { allowPrivateHosts = [], lookup, timeoutMs = TIMEOUT_MS }: DeliverOptions,
): Promise<number> {
  // A literal address is connected to without any lookup.
  if (isRefusedHost(target.hostname, allowPrivateHosts)) throw new AddressRefused(target.hostname);
  const done = Promise.withResolvers<number>();
  const { request } = target.protocol === "https:" ? https : http;
  const sent = request(target, {
    method: "POST",
    headers: { "content-type": "application/json", "user-agent": "sluice-webhooks", ...headers },
    agent: false,
    maxHeaderSize: MAX_HEADER_BYTES,
    lookup: guardedLookup({ allowPrivateHosts, ...(lookup ? { lookup } : {}) }),
  });
  const timer = setTimeout(() => done.reject(new Error(`no response within ${timeoutMs / 1000} s`)), timeoutMs);
  let informational = 0;
  sent.on("information", () => {
    if (++informational > MAX_INFORMATIONAL)
      done.reject(new Error(`more than ${MAX_INFORMATIONAL} responses before it`));
  });
  sent.on("response", ({ statusCode = 0 }) => done.resolve(statusCode));
  sent.on("error", done.reject);
  sent.on("close", () => done.reject(new Error("the connection ended without a response")));
  sent.end(body);
  try {
    return await done.promise;
  } finally {
    clearTimeout(timer);
    sent.destroy();
  }
}
