import { modelNames } from "../../inner/model-names.ts";
import type { ProviderDialect } from "../../inner/provider-dialect.ts";
import { GEMINI_VERSION_PATH, geminiDialect } from "./gemini.ts";

export const GEMINI_PROVIDER: ProviderDialect = {
  versionPath: GEMINI_VERSION_PATH,
  keyHeaders: (key) => ({ "x-goog-api-key": key }),
  modelList: {
    path: `${GEMINI_VERSION_PATH}/models`,
    headers: {},
    namesIn: (body) => modelNames(body, "models", "name").map((name) => name.replace(/^models\//, "")),
  },
  create: ({ now, newId }) => geminiDialect({ now, newId }),
};
