import type { PresetModel, ProviderPreset } from "./provider-preset.ts";

const OPENAI_PRICES = "https://developers.openai.com/api/docs/pricing";
const ANTHROPIC_PRICES = "https://platform.claude.com/docs/en/about-claude/pricing";
const GEMINI_PRICES = "https://ai.google.dev/gemini-api/docs/pricing";
const DEEPSEEK_PRICES = "https://api-docs.deepseek.com/quick_start/pricing";
const XAI_PRICES = "https://api.x.ai/v1/language-models";

const SEES = ["tools", "vision", "json-schema"] as const;
const WRITES = ["tools", "json-schema"] as const;

/** Providers of their own models. */
export const MODEL_MAKERS = {
  openai: {
    title: "OpenAI",
    dialect: "openai",
    endpoint: "https://api.openai.com",
    credential: "key",
    keysPage: "https://platform.openai.com/api-keys",
    models: {
      "gpt-6.1-sol": model(922_000, SEES, 2, 10, OPENAI_PRICES),
      "gpt-6-luna": model(922_000, SEES, 0.1, 0.5, OPENAI_PRICES),
      "gpt-5-mini": model(272_000, SEES, 0.25, 2, OPENAI_PRICES),
      "gpt-4o-mini": model(128_000, [...SEES, "logprobs"], 0.15, 0.6, OPENAI_PRICES),
      "text-embedding-3-small": model(8191, ["embeddings"], 0.02, 0, OPENAI_PRICES),
      "omni-moderation-latest": model(32_768, ["moderations"], 0, 0, OPENAI_PRICES),
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
      "claude-opus-5-5": model(1_000_000, SEES, 4, 20, ANTHROPIC_PRICES),
      "claude-sonnet-5-5": model(1_000_000, SEES, 2, 10, ANTHROPIC_PRICES),
      "claude-haiku-5-5": model(
        1_000_000,
        SEES,
        0.1,
        0.5,
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
      "gemini-4-argon": model(1_048_576, [...SEES, "audio"], 2, 10, GEMINI_PRICES),
      "gemini-4-hydrogen": model(
        1_048_576,
        [...SEES, "audio"],
        1.5,
        7.5,
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
      "mistral-large-2512": model(262_144, SEES, 0.5, 1.5, "https://docs.mistral.ai/models/mistral-large-3-25-12"),
      "mistral-medium-latest": model(
        262_144,
        SEES,
        1.5,
        7.5,
        "https://docs.mistral.ai/models/model-cards/mistral-medium-3-5-26-04",
      ),
      "mistral-small-latest": model(
        262_144,
        SEES,
        0.15,
        0.6,
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
      "deepseek-v4-flash": model(1_000_000, SEES, 0.3, 1.2, DEEPSEEK_PRICES),
      "deepseek-v4-pro": model(1_000_000, WRITES, 1.32, 3.96, DEEPSEEK_PRICES),
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
      "grok-4.20-reasoning-gv2": model(1_000_000, SEES, 1.25, 2.5, XAI_PRICES),
      "grok-code-fast-1": model(256_000, SEES, 1, 2, XAI_PRICES),
    },
    source: "https://docs.x.ai/docs/api-reference",
  },
} as const satisfies Readonly<Record<string, ProviderPreset>>;

function model(
  contextTokens: number,
  capabilities: PresetModel["capabilities"],
  inputUsdPerMillion: number,
  outputUsdPerMillion: number,
  source: string,
): PresetModel {
  return { contextTokens, capabilities, inputUsdPerMillion, outputUsdPerMillion, source };
}
