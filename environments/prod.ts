import { environment } from "../settings/environment-input.ts";

/** Three zones, several gateways, keys required, a small and a 70B-class model, stopped warm pools. */
export default environment({
  name: "prod",
  region: "us-east-1",
  zones: ["a", "b", "c"],
  tags: { CostCenter: "sluice-prod" },
  state: { bucket: "sluice-prod-state", encryption: "kms" },
  network: { cidr: "10.40.0.0/16" },
  api: {
    timeouts: { totalSeconds: 30 }, // a longer response is streamed
    queue: {
      maxRequests: 2000,
      maxBytes: 256_000_000, // of the gateway's 4 GiB; with the parsed bodies, about three times as much
      maxShareOfTenant: 0.25,
    },
    throttle: { requestsPerSecond: 1000, burst: 2000 },
    usagePlans: {
      standard: { requestsPerSecond: 50, burst: 100, requestsPerMonth: 1_000_000 },
      unlimited: { requestsPerSecond: 1000, burst: 2000, requestsPerMonth: null },
    },
  },
  batches: { maxLinesInFlight: 64, maxOpenPerKey: 50 },
  gateways: { instanceType: "c7g.large", minInstances: 3, maxInstances: 9, drainSeconds: 300 },
  cache: { memoryMiB: 512 },
  valkey: { nodeType: "cache.t4g.small" },
  models: {
    "phi-3-mini": {
      model: "phi-3-mini-4k-instruct",
      instanceType: "g5.xlarge",
      maxSequences: 32,
      maxQueued: 64,
      minInstances: 2,
      maxInstances: 8,
      volumeGiB: 80,
      startupSeconds: 300,
      warmPool: { minInstances: 1, maxPrepared: 3 },
    },
    "llama-3.3-70b": {
      model: "llama-3.3-70b-instruct",
      instanceType: "p4d.24xlarge",
      contextTokens: 32_768,
      maxSequences: 64,
      volumeGiB: 300,
      warmPool: { minInstances: 1, maxPrepared: 1 },
    },
  },
  site: { title: "Sluice" },
  alarms: { emails: ["oncall@example.com"], webhooks: ["https://hooks.example.com/sluice"] },
  budget: { monthlyUsd: 30_000 },
  logRetentionDays: 90,
  deletionProtection: true,
});
