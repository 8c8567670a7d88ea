import * as z from "zod";
import type { DeepReadonly } from "../../lib/deep-readonly.ts";
import { PROVIDER_DIALECT_NAMES } from "./provider-dialects.ts";
import { TokenPriceSettings } from "./token-prices.ts";

const seconds = z.number().gt(0).max(900);
const dollars = z.number().min(0).max(10_000_000);

/** Names of providers: part of a target's id, of a metric's label and of an environment variable's name. */
export const ProviderName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,29}$/, "must be 1 to 30 of a-z, 0-9 and -, starting with a letter");

/** A public model name, as clients write it in `model`. */
export const PublicModelName = z
  .string()
  .regex(/^[a-zA-Z0-9][\w.:/-]{0,79}$/, "must be 1 to 80 of letters, digits and _ . : / -, starting with no sign");

/** Capabilities of a provider's model beside text in, text out. */
export const Capability = z.enum([
  "tools",
  "vision",
  "audio",
  "json-schema",
  "logprobs",
  "embeddings",
  "completions",
  "moderations",
  /** It takes `reasoning_effort`. No request needs it: other models don't read the field. */
  "reasoning",
]);
export type Capability = z.infer<typeof Capability>;

const ProviderModel = TokenPriceSettings.extend({
  /** Prompt and completion together, in tokens. */
  contextTokens: z.int().min(1).max(100_000_000),
  capabilities: z.array(Capability),
});

/**
 * Source of a provider's key, never the key itself. `environment` is for runs on one machine: the gateway reads
 * `SLUICE_PROVIDER_KEY_<NAME>` (upper case, `-` as `_`). `none` is for servers without keys, and for Bedrock, which uses the
 * gateway's own role.
 */
const Credential = z.discriminatedUnion("from", [
  z.strictObject({
    from: z.literal("secret"),
    /** Name or ARN in Secrets Manager; its text is the key. */
    secretId: z
      .string()
      .regex(
        /^(arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:)?[\w/+=.@-]{1,512}$/,
        "must be the name or ARN of a secret",
      ),
  }),
  z.strictObject({ from: z.literal("environment") }),
  z.strictObject({ from: z.literal("none") }),
]);

/** An external provider. */
export const ProviderSettings = z.strictObject({
  dialect: z.enum(PROVIDER_DIALECT_NAMES),
  /** Everything before `/v1`, e.g. `https://api.openai.com`; for Bedrock `https://bedrock-runtime.<region>.amazonaws.com`. */
  endpoint: z.url({ protocol: /^https?$/, error: "must be an http(s) URL" }),
  /** AWS region that is called, e.g. whose Bedrock; `null` for dialects without regions. */
  region: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, "must be an AWS region")
    .nullable(),
  credential: Credential,
  /** Requests that the provider accepts in a minute or hour; each gateway enforces it for itself. `null` for no limit. */
  rateLimit: z.strictObject({ requests: z.int().min(1).max(10_000_000), per: z.enum(["minute", "hour"]) }).nullable(),
  timeouts: z.strictObject({
    connectSeconds: seconds,
    /** Time without a first byte after which another target is tried. */
    firstByteSeconds: seconds,
    /** Longest pause in the middle of a response. */
    idleSeconds: seconds,
    /** Longest time of a complete response, streamed or not. */
    totalSeconds: seconds,
  }),
  /** Most connections of one gateway. */
  maxConnections: z.int().min(1).max(10_000),
  /** Most requests of one gateway at once, so that a slow provider can't use all of its memory. */
  maxInFlight: z.int().min(1).max(10_000),
  /** For the policy `priority`: the smaller, the earlier. Our own pools have 0. */
  priority: z.int().min(0).max(1000),
  /** Used only when no other target can take the request. */
  emergencyOnly: z.boolean(),
  /** Dollars of a calendar month (UTC) after which it is not used; `null` for no cap. */
  monthlyCapUsd: dollars.nullable(),
  /** A GET with status 2xx when the provider is healthy; `null`: health is known from requests only. */
  healthCheck: z
    .strictObject({
      path: z.string().regex(/^\/[\w./~-]*$/, "must be a path"),
      intervalSeconds: z.number().min(1).max(3600),
    })
    .nullable(),
  /** Hosts that may have private or loopback addresses, e.g. `localhost` for Ollama. All others must be public. */
  allowPrivateHosts: z.array(z.string().min(1).max(253)).max(10),
  /** By the provider's own name of the model. */
  models: z.record(z.string().min(1).max(120), ProviderModel).refine((models) => Object.keys(models).length > 0, {
    error: "must name at least one model",
  }),
});
export type ProviderSettings = DeepReadonly<z.infer<typeof ProviderSettings>>;

const PoolReference = z.strictObject({
  /** One of our pools, by its name. */
  pool: z.string().min(1),
  weight: z.number().min(0).max(1000),
});
const ProviderReference = z.strictObject({
  provider: ProviderName,
  /** The provider's own name of the model. */
  model: z.string().min(1).max(120),
  weight: z.number().min(0).max(1000),
});
/** A target of a route. Weights count against each other; 0 is for targets that are used only when the others can't. */
export const TargetReference = z.union([PoolReference, ProviderReference]);
export type TargetReference = z.infer<typeof TargetReference>;

const FallbackReference = z.union([PoolReference.omit({ weight: true }), ProviderReference.omit({ weight: true })]);
export type FallbackReference = z.infer<typeof FallbackReference>;

/** A public model name with its targets. */
export const RouteSettings = z.strictObject({
  /**
   * `weighted`: at random by weight (A/B, canary). `round-robin`: in turn, by weight. `least-latency`: shortest expected
   * time to the first byte. `least-cost`: cheapest for this request. `priority`: the providers' order.
   */
  policy: z.enum(["weighted", "round-robin", "least-latency", "least-cost", "priority"]),
  /**
   * Requests that go to the same target while it exists, by weight: those with the same `user` field, API key, or
   * `x-sluice-session` header. A request without one follows the policy.
   */
  sticky: z.enum(["none", "user", "key", "session"]),
  targets: z.array(TargetReference).min(1).max(20),
  /** Tried in this order when no target can take the request or all have failed. */
  fallbacks: z.array(FallbackReference).max(20),
  /** Time without a target's first byte after which the next one is tried, if there is one. `null`: its own limit. */
  failoverAfterSeconds: seconds.nullable(),
  /**
   * Milliseconds without a stream's first byte, or without a whole response, after which a second target or server is
   * called in parallel; the first response is used. `null` for never. @default null
   */
  hedgeAfterMs: z.int().min(50).max(60_000).nullable().optional(), // absent by default: older gateways read what is stored
});
export type RouteSettings = DeepReadonly<z.infer<typeof RouteSettings>>;

export const ProviderConfig = ProviderSettings.extend({ name: ProviderName });
export type ProviderConfig = DeepReadonly<z.infer<typeof ProviderConfig>>;
export const RouteConfig = RouteSettings.extend({ name: PublicModelName });
export type RouteConfig = DeepReadonly<z.infer<typeof RouteConfig>>;

/** Id of a target: the pool's name, or `<provider>/<model>`. */
export function targetId(reference: FallbackReference): string {
  return "pool" in reference ? reference.pool : `${reference.provider}/${reference.model}`;
}

/** The environment variable of a provider's key where `credential` is from the `environment`. */
export const PROVIDER_KEY_PREFIX = "SLUICE_PROVIDER_KEY_";
export function providerKeyVariable(name: string): string {
  return `${PROVIDER_KEY_PREFIX}${name.toUpperCase().replaceAll("-", "_")}`;
}
