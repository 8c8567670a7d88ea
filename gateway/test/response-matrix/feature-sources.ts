import type { ResponseFeature } from "../../dialects/response-matrix/features.ts";
import { CONTENT_SOURCES } from "./content-sources.ts";
import { COUNT_SOURCES } from "./count-sources.ts";
import { END_SOURCES } from "./end-sources.ts";
import { ERROR_SOURCES } from "./error-sources.ts";
import type { FeatureSources } from "./source.ts";

/** Every feature: one without sources does not compile. */
export const RESPONSE_FEATURES: Readonly<Record<ResponseFeature, FeatureSources>> = {
  ...CONTENT_SOURCES,
  ...END_SOURCES,
  ...COUNT_SOURCES,
  ...ERROR_SOURCES,
};
