/** Settings of a provider, to which an operator adds only the key. */
export interface ProviderPreset {
  /** Display name. */
  readonly title: string;
  readonly dialect: "openai" | "anthropic" | "gemini" | "bedrock";
  /** Everything before `/v1` of its API; `null` where each customer has an address of its own. */
  readonly endpoint: string | null;
  /** Form of a customer's own address. @default - it has one address for all */
  readonly endpointForm?: string;
  /** AWS region that is called. @default - it has none */
  readonly region?: string;
  /** `key`: it needs one. `none`: it needs no key, or uses the gateway's role. */
  readonly credential: "key" | "none";
  /** Page where its customers create keys, or `null` where there are none. */
  readonly keysPage: string | null;
  /** Requests that it accepts from a new customer. @default - unknown; its 429 responses are honoured */
  readonly rateLimit?: { readonly requests: number; readonly per: "minute" | "hour" };
  /** Hosts with private addresses, which the environment file must allow. @default - none */
  readonly allowPrivateHosts?: readonly string[];
  /** Models by the provider's names; empty where each customer has own names, or models have no price of their own. */
  readonly models: Readonly<Record<string, PresetModel>>;
  /** Documentation page of its API. */
  readonly source: string;
}

export interface PresetModel {
  /** Prompt and completion together, in tokens. */
  readonly contextTokens: number;
  readonly capabilities: readonly PresetCapability[];
  /** Dollars for a million tokens. */
  readonly inputUsdPerMillion: number;
  readonly outputUsdPerMillion: number;
  /** Source page of the price. */
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

/** Day on which prices and contexts were read, from the price list of LiteLLM 1.108.11 (MIT), which names these pages. */
export const PRICES_READ_ON = "2026-11-28";
