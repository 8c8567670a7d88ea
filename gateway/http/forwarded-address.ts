import type { IncomingMessage } from "node:http";
import { CLIENT_IP_HEADER, EDGE_REQUEST_ID_HEADER } from "../../contracts/api/headers.ts";

/**
 * For a gateway with only a load balancer in front: the headers that API Gateway would overwrite come from the client
 * here, and are removed. The client's address is the last hop of `x-forwarded-for`, which the load balancer adds to
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
