import type { ProviderSettings } from "../../contracts/targets/target-settings.ts";

/** Settings of a provider, to which an operator adds only the key. */
export interface ProviderPreset
  extends Pick<ProviderSettings, "dialect">,
    Partial<Pick<ProviderSettings, "allowPrivateHosts">> {
  /** Display name. */
  readonly title: string;
  /** Everything before `/v1` of its API; `null` where each customer has an address of its own. */
  readonly endpoint: ProviderSettings["endpoint"] | null;
  /** Form of a customer's own address. @default - it has one address for all */
  readonly endpointForm?: string;
  /** AWS region that is called. @default - it has none */
  readonly region?: NonNullable<ProviderSettings["region"]>;
  /** `key`: it needs one. `none`: it needs no key, or uses the gateway's role. */
  readonly credential: "key" | "none";
  /** Page where its customers create keys, or `null` where there are none. */
  readonly keysPage: string | null;
  /** Requests that it accepts from a new customer. @default - unknown; its 429 responses are honoured */
  readonly rateLimit?: NonNullable<ProviderSettings["rateLimit"]>;
  /** Models by the provider's names; empty where each customer has own names, or models have no price of their own. */
  readonly models: Readonly<Record<string, PresetModel>>;
  /** Documentation page of its API. */
  readonly source: string;
}

export type PresetModel = ProviderSettings["models"][string] & {
  /** Source page of the price. */
  readonly source: string;
};

/** Day on which prices and contexts were read, from the price list of LiteLLM 1.108.11 (MIT), which names these pages. */
export const PRICES_READ_ON = "2026-11-28";
