import { environment } from "../settings/environment-input.ts";

/** The cheapest complete system: one small gateway, Phi-3 mini on one g5.xlarge, a public demo page. */
export default environment({
  name: "dev",
  region: "us-east-1",
  tags: { CostCenter: "sluice-dev" },
  state: { bucket: "sluice-dev-state" },
  api: {
    auth: "optional",
    bodyLimitBytes: 1_000_000,
    timeouts: { totalSeconds: 30 }, // a longer response is streamed
    queue: { wakeSeconds: 0 }, // a new GPU engine takes minutes: requests get 503 at once
    throttle: { requestsPerSecond: 50, burst: 100 },
  },
  gateways: {
    instanceType: "t4g.micro", // keeps everything but the GPU under 75 dollars a month
    minInstances: 1,
    maxInstances: 2,
    threads: 1,
  },
  cache: {},
  models: {
    "phi-3-mini": {
      model: "phi-3-mini-4k-instruct",
      instanceType: "g5.xlarge",
      maxSequences: 32,
      volumeGiB: 80,
      startupSeconds: 300,
    },
  },
  site: { title: "Sluice demo", defaults: { maxTokens: 200 } },
  alarms: { emails: ["oncall@example.com"] },
  budget: { monthlyUsd: 1_200 },
  deletionProtection: false,
});
