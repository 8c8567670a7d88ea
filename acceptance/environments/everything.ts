import type { EnvironmentInput } from "../../settings/environment-input.ts";

/**
 * Every option that adds a kind of call to AWS, where dev and prod have none: CI's role, providers, Spot with
 * other types, own weights, webhooks, logs of the load balancer. `small-apply.e2e.test.ts` has `api.entry` "alb" with a
 * domain; no emulator has API Gateway's domains: see `permissions/unemulated-requests.ts`. Its region is another than theirs.
 */
export default {
  name: "everything",
  region: "eu-west-1",
  zones: ["a", "b"],
  state: { encryption: "kms" },
  ci: { repository: "owner/name", branches: ["main"], environments: ["everything"], oidcProvider: "create" },
  network: { natGateway: "always", shell: true },
  api: {
    auth: "optional",
    controlApi: true,
    auditStream: { to: "bucket" },
    trustedAddresses: ["203.0.113.0/29"],
    requestsPerMinutePerIpWithKey: 600,
  },
  identity: {
    workloads: [
      {
        name: "nightly",
        issuer: "https://token.actions.githubusercontent.com",
        audience: "https://api.example.com",
        claims: { sub: "repo:owner/name:*" },
      },
    ],
    people: {
      issuer: "https://login.example.com",
      clientId: "sluice",
      clientSecretId: "sluice/console-client",
      accessTokens: { audience: "https://api.example.com" },
      groups: { map: { engineering: "group_1m3250v01ffjhh9kv9vs41k56" }, admit: "member" },
    },
  },
  history: { retentionDays: 30 },
  usage: { athena: true },
  billing: { stripe: { secretId: "sluice/stripe", meters: { chargeNanoUsd: "sluice_charge_nano_usd" } } },
  gateways: { minInstances: 1, maxInstances: 2 },
  valkey: { nodeType: "cache.t4g.small" },
  models: {
    spot: {
      model: "phi-3-mini-4k-instruct",
      instanceType: "g5.xlarge",
      purchase: { option: "spot", onDemandBase: 1, overrides: ["g6.xlarge"], families: ["g5"] },
    },
    warm: {
      model: "phi-3-mini-4k-instruct",
      instanceType: "g5.xlarge",
      warmPool: { minInstances: 1, maxPrepared: 1 },
      cost: "amortised",
      weights: {
        s3: "s3://team-models/phi/2026-11",
        account: "210987654321",
        kmsKeyArn: "arn:aws:kms:eu-west-1:210987654321:key/0a1b2c3d-0000-4000-8000-000000000000",
      },
    },
  },
  providers: {
    outside: provider("openai", "https://api.example.com", null),
    bedrock: provider("bedrock", "https://bedrock-runtime.eu-west-1.amazonaws.com", "eu-west-1"),
  },
  alarms: { emails: ["oncall@example.com"], webhooks: ["https://hooks.example.com/sluice"] },
  budget: { monthlyUsd: 1_000 },
  loadBalancerLogDays: 30,
  deletionProtection: false,
} satisfies EnvironmentInput;

function provider(dialect: "openai" | "bedrock", endpoint: string, region: string | null) {
  return {
    dialect,
    endpoint,
    region,
    credential:
      dialect === "bedrock" ? { from: "none" as const } : { from: "secret" as const, secretId: "sluice/outside" },
    rateLimit: null,
    timeouts: { connectSeconds: 2, firstByteSeconds: 15, idleSeconds: 30, totalSeconds: 300 },
    maxConnections: 100,
    maxInFlight: 200,
    priority: 30,
    emergencyOnly: false,
    monthlyCapUsd: null,
    healthCheck: null,
    allowPrivateHosts: [],
    models: {
      [dialect === "bedrock" ? "amazon.nova-lite-v1:0" : "large"]: {
        contextTokens: 128_000,
        capabilities: [],
        inputUsdPerMillion: 1,
        outputUsdPerMillion: 2,
      },
    },
  };
}
