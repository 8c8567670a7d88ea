import { isRecord } from "../../../lib/is-record.ts";
import { parseJson } from "../../../lib/parse-json.ts";
import type { SiteModel } from "./config.ts";

/** Model id → weights that really serve. */
export type ServedWeights = ReadonlyMap<string, string>;

/**
 * Reads the weights in use from `GET /v1/models`. The page works without them, so every failure returns `undefined`.
 */
export async function fetchServedWeights(
  apiUrl: string,
  apiKey: string,
  signal: AbortSignal,
): Promise<ServedWeights | undefined> {
  try {
    const response = await fetch(`${apiUrl}/v1/models`, {
      headers: apiKey === "" ? {} : { authorization: `Bearer ${apiKey}` },
      credentials: "omit",
      signal,
    });
    return response.ok ? readServedWeights(parseJson(await response.text())) : undefined;
  } catch {
    return undefined;
  }
}

/** The gateway sends a model's own name as `root` until its engine has reported its weights: such a card is ignored. */
export function readServedWeights(body: unknown): ServedWeights {
  const cards: readonly unknown[] = isRecord(body) && Array.isArray(body.data) ? body.data : [];
  return new Map(
    cards.flatMap((card): [string, string][] =>
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
