import { useEffect, useState } from "react";
import type { SiteConfig, SiteModel } from "../api/config.ts";
import { fetchServedWeights, type ServedWeights, standInName } from "../api/models.ts";

/**
 * Finds the name of the model that stands in for a configured one. Fetched at the start, and again after a response
 * (`answered` counts them) as long as a model's weights are unknown: there was no key yet, or its engine was loading.
 */
export function useStandIn(
  { apiUrl, auth, models }: SiteConfig,
  sentKey: string,
  answered: number,
): (model: SiteModel) => string | undefined {
  const [served, setServed] = useState<ServedWeights>();
  const isClosed = auth === "required" && sentKey === "";
  // Part of the effect's name, so that each response is a new try until the weights of every model are known.
  const attempt = models.every(({ id }) => served?.has(id)) ? -1 : answered;
  useEffect(() => {
    if (attempt === -1 || isClosed) return;
    const controller = new AbortController();
    void fetchServedWeights(apiUrl, sentKey, controller.signal).then((weights) => {
      if (weights !== undefined) setServed(weights);
    });
    return () => controller.abort();
  }, [apiUrl, sentKey, isClosed, attempt]);
  return (model) => standInName(model, served);
}
