import type { AdminPrice } from "../../../../contracts/api/admin.ts";
import type { TokenPrice, TokenPriceSettings } from "../../../../contracts/targets/token-prices.ts";
import type { ItemKind, ShownProvider } from "../service/item-queries.ts";

/** The amounts of a price by their setting. Tokens of the last three cost what others of their side do where there is no amount. */
export const AMOUNTS = {
  input: "inputUsdPerMillion",
  output: "outputUsdPerMillion",
  cached: "cachedInputUsdPerMillion",
  written: "cacheWriteUsdPerMillion",
  reasoning: "reasoningUsdPerMillion",
} as const satisfies Readonly<Record<string, keyof TokenPrice>>;
export type Amount = keyof typeof AMOUNTS;
export const AMOUNT_NAMES = ["input", "output", "cached", "written", "reasoning"] as const satisfies readonly Amount[];

/** A pool or a provider's model, and the item in which its prices are stored. */
export interface PricedTarget {
  /** A pool's name, or `<provider>/<model>`. */
  readonly target: string;
  readonly kind: Extract<ItemKind, "price" | "provider">;
  readonly item: AdminPrice | ShownProvider;
  /** `null`: tokens are charged nothing. */
  readonly prices: TokenPriceSettings | null;
  /** The item's settings with other prices of the target. */
  readonly withPrices: (prices: TokenPriceSettings) => unknown;
}

export function pricedPool(pool: AdminPrice): PricedTarget {
  return { target: pool.name, kind: "price", item: pool, prices: pool.settings, withPrices: (prices) => prices };
}

export function pricedModels(provider: ShownProvider): readonly PricedTarget[] {
  const { name, settings } = provider;
  return Object.entries(settings.models).map(([model, { contextTokens, capabilities, ...prices }]) => ({
    target: `${name}/${model}`,
    kind: "provider" as const,
    item: provider,
    prices,
    withPrices: (next) => ({
      ...settings,
      models: { ...settings.models, [model]: { contextTokens, capabilities, ...next } },
    }),
  }));
}

/** The same target in its item as it is now. @returns `undefined` where it is gone */
export function targetIn({ kind, target }: PricedTarget, now: PricedTarget["item"]): PricedTarget | undefined {
  if (kind === "price") return pricedPool(now as AdminPrice);
  return pricedModels(now as ShownProvider).find((one) => one.target === target);
}

/** A price for a span of time. */
export type PriceChange = NonNullable<TokenPriceSettings["priceChanges"]>[number];

/** A price for a span of time, or the one outside of all changes. */
export type PriceEntry = TokenPrice & Partial<Pick<PriceChange, "from" | "to">>;

/** The price outside of changes, and then the changes in the order of time. */
export function entriesOf(prices: TokenPriceSettings | null): readonly [TokenPrice, ...PriceChange[]] {
  const { priceChanges = [], ...price } = prices ?? { inputUsdPerMillion: 0, outputUsdPerMillion: 0 };
  return [price, ...priceChanges];
}
