import type { Received, Routed } from "./request-states.ts";

/** Second step. @throws {GatewayError} `not_found` or `method_not_allowed` */
export function route(received: Received): Routed {
  const { match } = received;
  if (match.kind === "refused") throw match.refusal;
  return { ...received, endpoint: match.endpoint, encodedParameter: match.encodedParameter };
}
