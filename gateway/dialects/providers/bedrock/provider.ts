import type { ProviderDialect } from "../../inner/provider-dialect.ts";
import { bedrockDialect } from "./bedrock.ts";

/** Bedrock's runtime has no list of models. */
export const BEDROCK_PROVIDER: ProviderDialect = {
  versionPath: "/v1",
  keyHeaders: (key) => ({ authorization: `Bearer ${key}` }),
  create: ({ region, credentials, now, newId }) => bedrockDialect({ region: region ?? "", credentials, now, newId }),
};
