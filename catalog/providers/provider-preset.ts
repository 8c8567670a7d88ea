/** What a provider is called with, so that only its key is left to say. */
export interface ProviderPreset {
  /** Name for people. */
  readonly title: string;
  readonly dialect: "openai" | "anthropic" | "gemini" | "bedrock";
  /** Everything before `/v1` of its API; `null` where each customer has an address of its own. */
  readonly endpoint: string | null;
  /** The form of a customer's own address. @default - it has one address for all */
  readonly endpointForm?: string;
  /** AWS region that is called. @default - it has none */
  readonly region?: string;
  /** `key`: it wants one. `none`: it takes no key, or the gateway's own role. */
  readonly credential: "key" | "none";
  /** Page where its customers create keys, or `null` where there are none. */
  readonly keysPage: string | null;
  /** Requests that it accepts from a new customer. @default - its 429 is honoured, and no limit is known before */
  readonly rateLimit?: { readonly requests: number; readonly per: "minute" | "hour" };
  /** Hosts with private addresses, which the environment file must allow. @default - none */
  readonly allowPrivateHosts?: readonly string[];
  /** By its own names; empty where they are each customer's own, or have no price of their own. */
  readonly models: Readonly<Record<string, PresetModel>>;
  /** What the documentation of the API was read from. */
  readonly source: string;
}

export interface PresetModel {
  /** Prompt and answer together, in tokens. */
  readonly contextTokens: number;
  readonly capabilities: readonly PresetCapability[];
  /** Dollars for a million tokens. */
  readonly inputUsdPerMillion: number;
  readonly outputUsdPerMillion: number;
  /** Page of the price. */
  readonly source: string;
}

export type PresetCapability =
  | "tools"
  | "vision"
  | "audio"
  | "json-schema"
  | "logprobs"
  | "embeddings"
  | "completions"
  | "moderations";

/** The day on which prices and contexts were read, by way of the price list of LiteLLM 1.108.11 (MIT), which names these pages. */
export const PRICES_READ_ON = "2026-11-28";
