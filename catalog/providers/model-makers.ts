import type { TokenPrice } from "../../contracts/targets/token-prices.ts";
import type { PresetModel, ProviderPreset } from "./provider-preset.ts";

const OPENAI_PRICES = "https://developers.openai.com/api/docs/pricing";
const ANTHROPIC_PRICES = "https://platform.claude.com/docs/en/about-claude/pricing";
const GEMINI_PRICES = "https://ai.google.dev/gemini-api/docs/pricing";
const DEEPSEEK_PRICES = "https://api-docs.deepseek.com/quick_start/pricing";
const XAI_PRICES = "https://api.x.ai/v1/language-models";

const SEES = ["tools", "vision", "json-schema"] as const;
const WRITES = ["tools", "json-schema"] as const;
/**
 * With `reasoning_effort` of low, medium and high (developers.openai.com/api/docs/guides/reasoning), as Anthropic's effort
 * (platform.claude.com/docs/en/build-with-claude/effort, "supportedModels") and Gemini's levels (ai.google.dev/gemini-api/docs/thinking).
 */
const THINKS = [...SEES, "reasoning"] as const;

/** Providers of their own models. */
export const MODEL_MAKERS = {
  openai: {
    title: "OpenAI",
    dialect: "openai",
    endpoint: "https://api.openai.com",
    credential: "key",
    keysPage: "https://platform.openai.com/api-keys",
    models: {
      "gpt-6.1-sol": model(922_000, THINKS, { input: 2, output: 10, cached: 0.1, write: 2.5 }, OPENAI_PRICES),
      "gpt-6-luna": model(922_000, THINKS, { input: 0.1, output: 0.5, cached: 0.01, write: 0.125 }, OPENAI_PRICES),
      "gpt-5-mini": model(272_000, THINKS, { input: 0.25, output: 2, cached: 0.025 }, OPENAI_PRICES),
      "gpt-4o-mini": model(128_000, [...SEES, "logprobs"], { input: 0.15, output: 0.6, cached: 0.075 }, OPENAI_PRICES),
      "text-embedding-3-small": model(8191, ["embeddings"], { input: 0.02, output: 0 }, OPENAI_PRICES),
      "omni-moderation-latest": model(32_768, ["moderations"], { input: 0, output: 0 }, OPENAI_PRICES),
    },
    source: "https://platform.openai.com/docs/api-reference",
  },
  anthropic: {
    title: "Anthropic",
    dialect: "anthropic",
    endpoint: "https://api.anthropic.com",
    credential: "key",
    keysPage: "https://platform.claude.com/settings/keys",
    models: {
      "claude-opus-5-5": model(1_000_000, THINKS, { input: 4, output: 20, cached: 0.2, write: 5 }, ANTHROPIC_PRICES),
      "claude-sonnet-5-5": model(
        1_000_000,
        THINKS,
        { input: 2, output: 10, cached: 0.1, write: 2.5 },
        ANTHROPIC_PRICES,
      ),
      "claude-haiku-5-5": model(
        1_000_000,
        THINKS,
        { input: 0.1, output: 0.5, cached: 0.01, write: 0.125 },
        "https://platform.claude.com/docs/en/models/haiku-5-5/overview",
      ),
    },
    source: "https://platform.claude.com/docs/en/api/messages",
  },
  gemini: {
    title: "Gemini",
    dialect: "gemini",
    endpoint: "https://generativelanguage.googleapis.com",
    credential: "key",
    keysPage: "https://aistudio.google.com/apikey",
    models: {
      "gemini-4-argon": model(1_048_576, [...THINKS, "audio"], { input: 2, output: 10, cached: 0.1 }, GEMINI_PRICES),
      "gemini-4-hydrogen": model(
        1_048_576,
        [...THINKS, "audio"],
        { input: 1.5, output: 7.5, cached: 0.075 },
        "https://aistudio.google.com/docs/pricing#gemini-4-hydrogen",
      ),
    },
    source: "https://ai.google.dev/api/generate-content",
  },
  mistral: {
    title: "Mistral",
    dialect: "openai",
    endpoint: "https://api.mistral.ai",
    credential: "key",
    keysPage: "https://console.mistral.ai/api-keys",
    models: {
      "mistral-large-2512": model(
        262_144,
        SEES,
        { input: 0.5, output: 1.5, cached: 0.05 },
        "https://docs.mistral.ai/models/mistral-large-3-25-12",
      ),
      "mistral-medium-latest": model(
        262_144,
        SEES,
        { input: 1.5, output: 7.5, cached: 0.15 },
        "https://docs.mistral.ai/models/model-cards/mistral-medium-3-5-26-04",
      ),
      "mistral-small-latest": model(
        262_144,
        SEES,
        { input: 0.15, output: 0.6, cached: 0.015 },
        "https://docs.mistral.ai/models/model-cards/mistral-small-4-0-26-03",
      ),
    },
    source: "https://docs.mistral.ai/api",
  },
  deepseek: {
    title: "DeepSeek",
    dialect: "openai",
    endpoint: "https://api.deepseek.com",
    credential: "key",
    keysPage: "https://platform.deepseek.com/api_keys",
    models: {
      "deepseek-v4-flash": model(1_000_000, SEES, { input: 0.3, output: 1.2, cached: 0.006 }, DEEPSEEK_PRICES),
      "deepseek-v4-pro": model(1_000_000, WRITES, { input: 1.32, output: 3.96, cached: 0.044 }, DEEPSEEK_PRICES),
    },
    source: "https://api-docs.deepseek.com/",
  },
  xai: {
    title: "xAI",
    dialect: "openai",
    endpoint: "https://api.x.ai",
    credential: "key",
    keysPage: "https://console.x.ai",
    models: {
      "grok-4.20-reasoning-gv2": model(1_000_000, SEES, { input: 1.25, output: 2.5, cached: 0.2 }, XAI_PRICES),
      "grok-code-fast-1": model(256_000, SEES, { input: 1, output: 2, cached: 0.2 }, XAI_PRICES),
    },
    source: "https://docs.x.ai/docs/api-reference",
  },
} as const satisfies Readonly<Record<string, ProviderPreset>>;

/** Dollars for a million tokens; `cached` and `write`: of input that is read from the provider's cache, and written to it. */
interface ListedPrice {
  readonly input: number;
  readonly output: number;
  /** @default - as other input */
  readonly cached?: number;
  /** @default - as other input */
  readonly write?: number;
}

function model(
  contextTokens: number,
  capabilities: PresetModel["capabilities"],
  price: ListedPrice,
  source: string,
): PresetModel {
  return { contextTokens, capabilities, ...tokenPrice(price), source };
}

function tokenPrice({ input, output, cached, write }: ListedPrice): TokenPrice {
  return {
    inputUsdPerMillion: input,
    outputUsdPerMillion: output,
    ...(cached === undefined ? {} : { cachedInputUsdPerMillion: cached }),
    ...(write === undefined ? {} : { cacheWriteUsdPerMillion: write }),
  };
}
