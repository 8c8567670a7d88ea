import { modelNames } from "../../inner/model-names.ts";
import type { ProviderDialect } from "../../inner/provider-dialect.ts";
import { ANTHROPIC_VERSION, anthropicDialect } from "./anthropic.ts";

export const ANTHROPIC_PROVIDER: ProviderDialect = {
  versionPath: "/v1",
  keyHeaders: (key) => ({ "x-api-key": key }),
  modelList: {
    path: "/v1/models",
    headers: { "anthropic-version": ANTHROPIC_VERSION },
    namesIn: (body) => modelNames(body, "data", "id"),
  },
  create: ({ now, newId }) => anthropicDialect({ now, newId }),
};
