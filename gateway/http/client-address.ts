import type { IncomingMessage } from "node:http";
import { CLIENT_IP_HEADER } from "../../contracts/api/headers.ts";
import { addressBucket } from "../../domain/client-address.ts";

/**
 * The client's address, as far as it can be trusted; empty when the connection is gone. It is API Gateway's word (a
 * header that it overwrites), or that of the load balancer where that is the only thing in front
 * (`forwarded-address.ts`); without it, the peer of the connection. Nothing that a client can write counts.
 */
export function clientAddress({ headers, socket }: IncomingMessage): string {
  const fromEdge = headers[CLIENT_IP_HEADER];
  const isAddress = typeof fromEdge === "string" && addressBucket(fromEdge.trim()) !== undefined;
  return isAddress ? fromEdge.trim() : (socket.remoteAddress ?? "");
}
