import { randomInt } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { CLIENT_IP_HEADER } from "../../contracts/headers.ts";
import { addressBucket } from "../../domain/client-address.ts";
import { SharedWindow, type SharedWindowOptions } from "../../domain/shared-window.ts";
import { GatewayError } from "../core/gateway-error.ts";
import type { Exchange } from "../exchange.ts";

const WINDOW_MS = 60_000;
/** With 100 requests each these are 43 MB, if they all come in one minute: far more than one gateway serves. */
const MAX_ADDRESSES = 100_000;

export interface AddressLimit {
  readonly limit: number;
  readonly window: SharedWindow;
}

/** Memory in which all threads of a gateway count together. */
export function addressLimitMemory(requestsPerMinute: number): SharedArrayBuffer {
  return SharedWindow.memory(windowOptions(requestsPerMinute), randomInt(2 ** 31));
}

export function createAddressLimit(requestsPerMinute: number, memory: SharedArrayBuffer): AddressLimit {
  return { limit: requestsPerMinute, window: new SharedWindow(windowOptions(requestsPerMinute), memory) };
}

function windowOptions(limit: number): SharedWindowOptions {
  return { limit, windowMs: WINDOW_MS, maxCallers: MAX_ADDRESSES };
}

/**
 * Second stage: the limit per client address, before a key is looked up or a body read.
 * The address is API Gateway's word (a header that it overwrites), or that of the load balancer where that is the only thing
 * in front (`http/forwarded-address.ts`); without it, the peer of the connection. What a client can write counts for nothing.
 * @throws {GatewayError} `rate_limit_exceeded`
 */
export function admitAddress(exchange: Exchange, { limit, window }: AddressLimit, now: number): void {
  const bucket = clientBucket(exchange);
  exchange.tenant = `address:${bucket}`;
  const decision = window.admit(bucket, now);
  const resetSeconds = Math.max(1, Math.ceil(decision.resetMs / 1000));
  exchange.headers["x-ratelimit-limit-requests"] = String(limit);
  exchange.headers["x-ratelimit-remaining-requests"] = String(decision.remaining);
  exchange.headers["x-ratelimit-reset-requests"] = `${resetSeconds}s`;
  if (decision.admitted) return;
  throw new GatewayError("rate_limit_exceeded", {
    message: `Over ${limit} requests in a minute from one address. Wait ${resetSeconds} s.`,
    retryAfterSeconds: resetSeconds,
  });
}

function clientBucket({ request }: Exchange): string {
  return addressBucket(clientAddress(request)) ?? "unknown";
}

/** The client's address, as far as it can be trusted; empty when the connection is gone. */
export function clientAddress(request: IncomingMessage): string {
  const fromEdge = request.headers[CLIENT_IP_HEADER];
  const isAddress = typeof fromEdge === "string" && addressBucket(fromEdge.trim()) !== undefined;
  return isAddress ? fromEdge.trim() : (request.socket.remoteAddress ?? "");
}
