import { isRecord } from "../../../lib/is-record.ts";
import { parseJson } from "../../../lib/parse-json.ts";
import { readTokenPrice, type TokenPrice } from "../../../ui/models/token-price.ts";
import type { SiteModel } from "./config.ts";

/** Model id → weights that really serve. */
export type ServedWeights = ReadonlyMap<string, string>;

/** A model that the API lists, as the page shows it. */
export interface ListedModel {
  readonly id: string;
  readonly contextTokens: number | undefined;
  /** Dollars for a million tokens, as the caller is charged now; `undefined` where it has none, or it depends on the target. */
  readonly price: TokenPrice | undefined;
}

/** What `GET /v1/models` says. */
export interface ServedModels {
  readonly weights: ServedWeights;
  readonly models: readonly ListedModel[];
}

/** Reads `GET /v1/models`. The page works without it, so every failure returns `undefined`. */
export async function fetchServedModels(
  apiUrl: string,
  apiKey: string,
  signal: AbortSignal,
): Promise<ServedModels | undefined> {
  try {
    const response = await fetch(`${apiUrl}/v1/models`, {
      headers: apiKey === "" ? {} : { authorization: `Bearer ${apiKey}` },
      credentials: "omit",
      signal,
    });
    if (!response.ok) return undefined;
    const body = parseJson(await response.text());
    return { weights: readServedWeights(body), models: readListedModels(body) };
  } catch {
    return undefined;
  }
}

/** Models of the API's list: pools, routes and models of providers. */
export function readListedModels(body: unknown): readonly ListedModel[] {
  return cardsOf(body).flatMap((card): readonly ListedModel[] => {
    if (!isRecord(card) || typeof card.id !== "string") return [];
    const contextTokens = typeof card.max_model_len === "number" ? card.max_model_len : undefined;
    return [{ id: card.id, contextTokens, price: readTokenPrice(card.price) }];
  });
}

function cardsOf(body: unknown): readonly unknown[] {
  return isRecord(body) && Array.isArray(body.data) ? body.data : [];
}

/** The gateway sends a model's own name as `root` until its engine has reported its weights: such a card is ignored. */
export function readServedWeights(body: unknown): ServedWeights {
  return new Map(
    cardsOf(body).flatMap((card): [string, string][] =>
      isRecord(card) && typeof card.id === "string" && typeof card.root === "string" && card.root !== card.id
        ? [[card.id, card.root]]
        : [],
    ),
  );
}

/**
 * The name of the model that stands in for `model`, or `undefined` when the declared weights serve, or the weights are
 * unknown. An engine that was started from a folder reports that folder as `root`: a path names no weights.
 */
export function standInName(model: SiteModel, served: ServedWeights | undefined): string | undefined {
  const root = served?.get(model.id);
  if (root === undefined || root === "" || root.startsWith("/") || root === model.weights) return undefined;
  return root.split("/").at(-1);
}
