import type { Environment } from "./schema.ts";

/** The cheapest complete system: one small gateway, Phi-3 mini on one g5.xlarge, a public demo page. */
export default {
  name: "dev",
  region: "us-east-1",
  zones: ["a", "b"],
  tags: { CostCenter: "sluice-dev" },
  state: { bucket: "sluice-dev-state", lockTable: "sluice-dev-locks", encryption: "none" },
  ci: null,
  network: { cidr: "10.20.0.0/16", natGateway: "when-needed" },
  api: {
    auth: "optional",
    entry: "api-gateway",
    stage: "live",
    domain: null,
    corsOrigins: ["*"],
    bodyLimitBytes: 1_000_000,
    requestsPerMinutePerIp: 100,
    timeouts: { firstByteSeconds: 30, totalSeconds: 30, idleSeconds: 30 },
    routeTimeouts: {},
    queue: {
      maxRequests: 200,
      maxBytes: 32_000_000, // of the gateway's 1 GiB; with the parsed bodies, about three times as much
      waitSeconds: 15,
      wakeSeconds: 0, // a new GPU engine takes minutes: requests get 503 at once
      maxShareOfTenant: 0.5,
    },
    throttle: { requestsPerSecond: 50, burst: 100 },
    usagePlans: {
      anonymous: { requestsPerSecond: 10, burst: 40, requestsPerMonth: 100_000 },
      standard: { requestsPerSecond: 25, burst: 50, requestsPerMonth: null },
    },
  },
  responses: { keepDays: 30 },
  batches: { maxFileBytes: 9_000_000, maxLinesInFlight: 16, maxOpenPerKey: 10 },
  gateways: {
    instanceType: "t4g.micro", // keeps everything but the GPU under 75 dollars a month
    minInstances: 1,
    maxInstances: 2,
    image: "resolve:ssm:/sluice/images/gateway",
    drainSeconds: 60,
    threads: 1,
  },
  cache: { ttlSeconds: 3600, routeTtlSeconds: {}, memoryMiB: 64, semantic: null },
  valkey: null,
  pools: {
    "phi-3-mini": {
      model: "phi-3-mini-4k-instruct",
      instanceType: "g5.xlarge",
      tensorParallel: 1,
      contextTokens: 4096,
      maxSequences: 32,
      maxQueued: 32,
      minInstances: 1,
      maxInstances: 2,
      image: "resolve:ssm:/sluice/images/engine",
      volumeGiB: 80,
      startupSeconds: 300,
      warmPool: null,
      purchase: { option: "on-demand" },
      capacityReservation: null,
    },
  },
  providers: {},
  routes: {},
  site: {
    title: "Sluice demo",
    defaults: { temperature: 0.2, topP: 0.9, maxTokens: 200 },
    samplePrompts: ["List three fruits", "Explain what a load balancer does"],
  },
  alarms: { emails: ["oncall@example.com"], webhooks: [] },
  budget: { monthlyUsd: 1_200 },
  logRetentionDays: 30,
  deletionProtection: false,
} satisfies Environment;
