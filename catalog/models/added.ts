import type { CatalogModel } from "./catalog-model.ts";

/** Models that `sluice models add` has written here, from the hub's files. */
export const ADDED_MODELS = {} as const satisfies Record<string, CatalogModel>;
