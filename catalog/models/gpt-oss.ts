import { type CatalogModel, catalogEntry, type ModelEntry } from "./catalog-model.ts";
import type { ModelConfig } from "./model-config.ts";

/** Every other layer attends to the last 128 tokens. */
const GPT_OSS_20B: ModelConfig = {
  architecture: "GptOssForCausalLM",
  layers: 24,
  hidden: 2880,
  vocabulary: 201_088,
  heads: 64,
  kvHeads: 8,
  headSize: 64,
  feedForward: 0,
  experts: { count: 32, perToken: 4, width: 2880 },
  window: { tokens: 128, layers: 12 },
};
const GPT_OSS_120B: ModelConfig = {
  ...GPT_OSS_20B,
  layers: 36,
  experts: { count: 128, perToken: 4, width: 2880 },
  window: { tokens: 128, layers: 18 },
};

const gptOss = (entry: Omit<ModelEntry, "licence" | "minimumVllm" | "contextTokens">): CatalogModel =>
  catalogEntry({
    ...entry,
    contextTokens: 131_072,
    format: "mxfp4",
    licence: { name: "Apache-2.0", url: `https://huggingface.co/${entry.id}/blob/main/LICENSE` },
    toolCallParser: "openai",
    reasoningParser: "openai_gptoss",
    takesReasoningEffort: true,
    minimumVllm: "0.10.2",
    chatTemplate: "It always thinks, in OpenAI's Harmony format; reasoning_effort chooses how long.",
  });

/** OpenAI's open models, whose experts are in MXFP4. Configurations as in the package aiconfigurator-core 0.12.0. */
export const GPT_OSS_MODELS = {
  "gpt-oss-20b": gptOss({
    name: "gpt-oss 20B (3.6B active)",
    id: "openai/gpt-oss-20b",
    revision: "6cee5e81ee83917806bbde320786a8fb61efebee",
    config: GPT_OSS_20B,
    published: 20.91,
  }),
  "gpt-oss-120b": gptOss({
    name: "gpt-oss 120B (5.1B active)",
    id: "openai/gpt-oss-120b",
    config: GPT_OSS_120B,
    published: 116.83,
  }),
} as const satisfies Record<string, CatalogModel>;
