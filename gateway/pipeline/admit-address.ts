import { presentsKey } from "../../domain/api-key-form.ts";
import { addressBucket } from "../../domain/client-address.ts";
import type { AddressLimit } from "../admission/address-limit.ts";
import { GatewayError, type GatewayErrorOptions } from "../core/gateway-error.ts";
import type { GatewayRequest, RequestRefusal } from "../core/request.ts";
import type { Admitted, Routed } from "./request-states.ts";

export interface AdmitTools {
  readonly addressLimit: AddressLimit;
  /** Milliseconds of the gateway's clock. */
  readonly now: () => number;
}

/** Errors of requests for which there is no share of connections or requests. */
const REFUSED = {
  overloaded: {},
  rate_limit_exceeded: {
    message: "This address has as many connections or requests at once as it may. Wait until some have ended.",
    retryAfterSeconds: 1,
  },
} as const satisfies Record<RequestRefusal, GatewayErrorOptions>;

/** Errors of requests whose head HTTP does not allow. */
const MALFORMED = {
  "missing-host": () =>
    new GatewayError("invalid_request", {
      message: "The request has no `Host` header, which HTTP/1.1 requires. Send it.",
      param: "host",
    }),
  "unknown-expectation": () => new GatewayError("expectation_failed"),
} as const satisfies Record<NonNullable<GatewayRequest["malformed"]>, () => GatewayError>;

/**
 * Third step: the limit per client address, before a key is looked up or a body read. Requests of this process have no
 * address that counts.
 * @throws {GatewayError} `invalid_request` and `expectation_failed` for a head that HTTP does not allow
 * @throws {GatewayError} `rate_limit_exceeded`, or `overloaded` where all have too many connections or requests open
 */
export function admitAddress(routed: Routed, { addressLimit: { windowOf, isTrusted }, now }: AdmitTools): Admitted {
  const { request, endpoint, headers, record } = routed;
  if (request.malformed !== undefined) throw MALFORMED[request.malformed]();
  if (endpoint.access === "public" || request.knownCaller !== undefined) return { ...routed, addressTenant: "unknown" };
  if (request.refusal !== undefined) throw new GatewayError(request.refusal, REFUSED[request.refusal]);
  const bucket = addressBucket(request.address) ?? "unknown";
  const addressTenant = `address:${bucket}`;
  record.note({ tenant: addressTenant });
  if (isTrusted(request.address)) return { ...routed, addressTenant };
  const { limit, window } = windowOf(presentsKey(request.headers));
  const decision = window.admit(bucket, now());
  const resetSeconds = Math.max(1, Math.ceil(decision.resetMs / 1000));
  headers.set("x-ratelimit-limit-requests", String(limit));
  headers.set("x-ratelimit-remaining-requests", String(decision.remaining));
  headers.set("x-ratelimit-reset-requests", `${resetSeconds}s`);
  if (decision.admitted) return { ...routed, addressTenant };
  throw new GatewayError("rate_limit_exceeded", {
    message: `Over ${limit} requests in a minute from one address. Wait ${resetSeconds} s.`,
    retryAfterSeconds: resetSeconds,
  });
}
