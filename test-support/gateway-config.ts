import type { GatewayConfig } from "../contracts/processes/gateway-config.ts";

/** A gateway with one pool, `tiny`, alone: tests and benchmarks begin with it. */
export const GATEWAY_CONFIG: GatewayConfig = {
  environment: "test",
  stage: "live",
  auth: "off",
  keysTable: "test-keys",
  requestsPerMinutePerIp: 10_000,
  bodyLimitBytes: 100_000,
  corsOrigins: ["*"],
  timeouts: { firstByteSeconds: 5, totalSeconds: 5, idleSeconds: 5 },
  routeTimeouts: {},
  queue: { maxRequests: 100, maxBytes: 10_000_000, waitSeconds: 5, wakeSeconds: 0, maxShareOfTenant: 1 },
  drainSeconds: 5,
  threads: 1,
  batches: null,
  // Port 9 (discard) refuses connections wherever the tests run.
  discoverySeconds: 3,
  engineListenerUrl: "http://127.0.0.1:9",
  cache: null,
  valkeyUrl: null,
  models: [
    {
      id: "tiny",
      revision: "r1",
      contextTokens: 4096,
      targetGroupArn: "arn:tiny",
      engineHost: "tiny.engines.internal",
      maxRequestsPerEngine: 200,
    },
  ],
  providers: [],
  routes: [],
  routesTable: null,
};
