import type { IncomingMessage } from "node:http";
import { CLIENT_IP_HEADER, EDGE_REQUEST_ID_HEADER } from "../../contracts/api/headers.ts";

/**
 * For a gateway with nothing but a load balancer in front: what API Gateway would have overwritten comes from the client
 * here, and is taken out. The client's address is the last hop of `x-forwarded-for`, which the load balancer adds to
 * whatever the client wrote; without one, the connection's peer counts.
 */
export function takeForwardedAddress({ headers }: IncomingMessage): void {
  delete headers[EDGE_REQUEST_ID_HEADER];
  delete headers[CLIENT_IP_HEADER];
  const forwarded = headers["x-forwarded-for"];
  const hops = (Array.isArray(forwarded) ? forwarded.join(",") : (forwarded ?? "")).split(",");
  const last = hops.at(-1)?.trim() ?? "";
  if (last !== "") headers[CLIENT_IP_HEADER] = last;
}
