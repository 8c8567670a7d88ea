import { modelNames } from "../../inner/model-names.ts";
import type { ProviderDialect } from "../../inner/provider-dialect.ts";
import { OPENAI_DIALECT } from "./openai.ts";

export const OPENAI_PROVIDER: ProviderDialect = {
  versionPath: "/v1",
  keyHeaders: (key) => ({ authorization: `Bearer ${key}` }),
  modelList: { path: "/v1/models", headers: {}, namesIn: (body) => modelNames(body, "data", "id") },
  create: () => OPENAI_DIALECT,
};
