import { useEffect, useState } from "react";
import type { SiteConfig, SiteModel } from "../api/config.ts";
import { fetchServedModels, type ListedModel, type ServedModels, standInName } from "../api/models.ts";

interface Served {
  /** The name of the model that stands in for a configured one. */
  readonly standInFor: (model: SiteModel) => string | undefined;
  /** What the API lists; empty until it is known. */
  readonly listed: readonly ListedModel[];
}

const NONE: readonly ListedModel[] = [];

/**
 * The models that the API lists, and which stand in for configured ones. Fetched at the start, and again after a response
 * (`answered` counts them) as long as a model's weights are unknown: there was no key yet, or its engine was loading.
 */
export function useServedModels(config: SiteConfig | undefined, sentKey: string, answered: number): Served {
  const [served, setServed] = useState<ServedModels>();
  const { apiUrl = "", auth, models = [] } = config ?? {};
  const isClosed = config === undefined || (auth === "required" && sentKey === "");
  // Part of the effect's name, so that each response is a new try until the weights of every model are known.
  const attempt = models.every(({ id }) => served?.weights.has(id)) ? -1 : answered;
  useEffect(() => {
    if (attempt === -1 || isClosed) return;
    const controller = new AbortController();
    void fetchServedModels(apiUrl, sentKey, controller.signal).then((now) => {
      if (now !== undefined) setServed(now);
    });
    return () => controller.abort();
  }, [apiUrl, sentKey, isClosed, attempt]);
  return { standInFor: (model) => standInName(model, served?.weights), listed: served?.models ?? NONE };
}
