import type { LookupFunction } from "node:net";
import { buildConnector, Client, request } from "undici";
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
const CONNECT_MS = 5000;
const MAX_HEADER_BYTES = 16_384;
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
  const { timeoutMs = TIMEOUT_MS } = options;
  const target = new URL(url);
  const client = new Client(target.origin, {
    connect: connector(options),
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  });
  try {
    const response = await request(target, {
      dispatcher: client,
      method: "POST",
      headers: { "content-type": "application/json", "user-agent": "sluice-webhooks", ...headers },
      body,
      signal: AbortSignal.timeout(timeoutMs),
    });
    response.body.on("error", () => undefined).destroy();
    const status = response.statusCode;
    const isDelivered = status >= 200 && status < 300;
    return { isDelivered, isGone: status === GONE, status, ...(isDelivered ? {} : { error: `HTTP ${status}` }) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { isDelivered: false, isGone: false, error: message.slice(0, MAX_ERROR_CHARACTERS) };
  } finally {
    client.destroy().catch(() => undefined);
  }
}

function connector({ allowPrivateHosts = [], lookup }: DeliverOptions): buildConnector.connector {
  const checked: LookupFunction = guardedLookup({ allowPrivateHosts, ...(lookup ? { lookup } : {}) });
  const connect = buildConnector({ timeout: CONNECT_MS, lookup: checked, allowH2: false });
  return (target, done) => {
    // A literal address is connected to without any lookup.
    if (isRefusedHost(target.hostname, allowPrivateHosts)) return done(new AddressRefused(target.hostname), null);
    connect(target, done);
  };
}
