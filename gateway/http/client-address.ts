import type { IncomingMessage } from "node:http";
import { CLIENT_IP_HEADER } from "../../contracts/api/headers.ts";
import { addressBucket } from "../../domain/client-address.ts";

/**
 * The client's address, as far as it can be trusted; empty when the connection is gone. It comes from a header that API
 * Gateway overwrites, or from the load balancer where only that is in front (`forwarded-address.ts`); without either,
 * it is the peer of the connection. A value that a client can write is never used.
 */
export function clientAddress({ headers, socket }: IncomingMessage): string {
  const fromEdge = headers[CLIENT_IP_HEADER];
  const isAddress = typeof fromEdge === "string" && addressBucket(fromEdge.trim()) !== undefined;
  return isAddress ? fromEdge.trim() : (socket.remoteAddress ?? "");
}
