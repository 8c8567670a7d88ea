import type { TokenPrice } from "../../contracts/targets/token-prices.ts";
import type { PublicPrices } from "./public-prices.ts";

/** One kind of tokens whose price is not the same everywhere. */
export interface PriceDifference {
  /** `<provider>/<model>` of the catalogue. */
  readonly target: string;
  readonly kind: keyof TokenPrice;
  readonly catalogue: number;
  /** By source, in their order; undefined where it does not have the model. */
  readonly sources: readonly (number | undefined)[];
}

/** Sources agree when their prices differ by at most this part of the larger one. */
const MOST_DIFFERENCE = 0.01;

const KINDS = [
  "inputUsdPerMillion",
  "cachedInputUsdPerMillion",
  "cacheWriteUsdPerMillion",
  "outputUsdPerMillion",
  "reasoningUsdPerMillion",
] as const satisfies readonly (keyof TokenPrice)[];

/** Prices of the catalogue that the sources do not all have, within 1 %. A kind that is not named costs what its side does. */
export function priceDifferences(
  catalogue: ReadonlyMap<string, TokenPrice>,
  sources: readonly PublicPrices[],
): readonly PriceDifference[] {
  return [...catalogue].flatMap(([target, own]) =>
    KINDS.map((kind) => ({
      target,
      kind,
      catalogue: named(own, kind),
      sources: sources.map((source) => {
        const price = source.get(target);
        return price && named(price, kind);
      }),
    })).filter(({ catalogue: price, sources: found }) => !found.every((each) => isSame(price, each))),
  );
}

function named(price: TokenPrice, kind: keyof TokenPrice): number {
  const isOutput = kind === "outputUsdPerMillion" || kind === "reasoningUsdPerMillion";
  return price[kind] ?? (isOutput ? price.outputUsdPerMillion : price.inputUsdPerMillion);
}

function isSame(a: number, b: number | undefined): boolean {
  return b !== undefined && Math.abs(a - b) <= MOST_DIFFERENCE * Math.max(a, b);
}
