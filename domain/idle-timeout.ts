import type { GatewayConfig } from "../contracts/processes/gateway-config.ts";

/** The time limits of requests and of their wait. */
export type IdleTimeoutInput = Pick<GatewayConfig, "timeouts" | "routeTimeouts" | "queue">;

/** Of a gateway's connection beyond the load balancer's: a request that is on its way meets no closed connection. */
const LATER_SECONDS = 10;

/** Idle timeout of the load balancer in front of gateways: the gateway's own error response comes first. */
export function idleTimeoutSeconds({ timeouts, routeTimeouts, queue }: IdleTimeoutInput): number {
  const routes = [timeouts, ...Object.values(routeTimeouts).filter((route) => route !== undefined)];
  const limits = routes.flatMap(({ firstByteSeconds = 0, totalSeconds = 0, idleSeconds = 0 }) => [
    firstByteSeconds,
    totalSeconds,
    idleSeconds,
  ]);
  // Twice the longest time limit, and the longest wait.
  return Math.ceil(2 * Math.max(...limits) + Math.max(queue.waitSeconds, queue.wakeSeconds));
}

/**
 * Silence after which a gateway closes a connection, longer than the load balancer's idle timeout: otherwise the load
 * balancer sends a request on a connection that is just closed, and answers 502.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html
 */
export function keepAliveSeconds(input: IdleTimeoutInput): number {
  return idleTimeoutSeconds(input) + LATER_SECONDS;
}
