import type { ProviderDialectName } from "../../../contracts/targets/provider-dialects.ts";
import type { ProviderDialect } from "../inner/provider-dialect.ts";
import { ANTHROPIC_PROVIDER } from "./anthropic/provider.ts";
import { BEDROCK_PROVIDER } from "./bedrock/provider.ts";
import { GEMINI_PROVIDER } from "./gemini/provider.ts";
import { OPENAI_PROVIDER } from "./openai/provider.ts";

/** Every kind of provider: a dialect of `contracts/targets/provider-dialects.ts` without a row here does not compile. */
export const PROVIDERS: Readonly<Record<ProviderDialectName, ProviderDialect>> = {
  openai: OPENAI_PROVIDER,
  anthropic: ANTHROPIC_PROVIDER,
  gemini: GEMINI_PROVIDER,
  bedrock: BEDROCK_PROVIDER,
};
