import { useEffect, useState } from "react";
import type { SiteConfig, SiteModel } from "../api/config.ts";
import { fetchServedWeights, type ServedWeights, standInName } from "../api/models.ts";

/**
 * Tells the name of the model that stands in for a configured one. Asked at the start, and again after an answer
 * (`answered` counts them) as long as nothing is known: there was no key yet, or the engine was still loading.
 */
export function useStandIn(
  { apiUrl, auth }: SiteConfig,
  sentKey: string,
  answered: number,
): (model: SiteModel) => string | undefined {
  const [served, setServed] = useState<ServedWeights>();
  const isClosed = auth === "required" && sentKey === "";
  // Part of the effect's name, so that each answer is a new try until one of them tells.
  const attempt = served === undefined ? answered : -1;
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
