import { type CatalogModel, catalogEntry, type ModelEntry } from "./catalog-model.ts";
import type { ModelConfig } from "./model-config.ts";

const MINI: ModelConfig = {
  architecture: "Phi3ForCausalLM",
  layers: 32,
  hidden: 3072,
  vocabulary: 32_064,
  heads: 32,
  kvHeads: 32,
  headSize: 96,
  feedForward: 8192,
};
const MEDIUM: ModelConfig = {
  ...MINI,
  layers: 40,
  hidden: 5120,
  heads: 40,
  kvHeads: 10,
  headSize: 128,
  feedForward: 17_920,
};
const PHI_4: ModelConfig = { ...MEDIUM, vocabulary: 100_352 };
const PHI_4_MINI: ModelConfig = { ...MINI, vocabulary: 200_064, tied: true, heads: 24, kvHeads: 8, headSize: 128 };
const PHI_35_MOE: ModelConfig = {
  architecture: "PhiMoEForCausalLM",
  layers: 32,
  hidden: 4096,
  vocabulary: 32_064,
  heads: 32,
  kvHeads: 8,
  headSize: 128,
  feedForward: 0,
  experts: { count: 16, perToken: 2, width: 6400 },
};

const mit = (id: string) => ({ name: "MIT", url: `https://huggingface.co/${id}/blob/main/LICENSE` });
const phi = (entry: Omit<ModelEntry, "licence">): CatalogModel => catalogEntry({ ...entry, licence: mit(entry.id) });

/** Microsoft's Phi. Configurations as in https://github.com/Lightning-AI/litgpt at 2685705, litgpt/config.py. */
export const PHI_MODELS = {
  "phi-3-mini-4k-instruct": phi({
    name: "Phi-3 mini (3.8B, 4k context)",
    id: "microsoft/Phi-3-mini-4k-instruct",
    revision: "0a67737cc96d2554230f90338b163bc6380a2a85",
    config: MINI,
    contextTokens: 4096,
    published: 3.82,
    toolCallParser: "hermes", // seen on vLLM 0.29.0 and 0.31.0 with a template without tools
    minimumVllm: "0.4.1",
    chatTemplate:
      "It has no part for tools: with tool_choice auto the model responds with text, and a forced call is made by vLLM's grammar.",
  }),
  "phi-3-medium-4k-instruct": phi({
    name: "Phi-3 medium (14B, 4k context)",
    id: "microsoft/Phi-3-medium-4k-instruct",
    revision: "ae004ae82eb6eddc32906dfacb1d6dfea8f91996",
    config: MEDIUM,
    contextTokens: 4096,
    published: 13.96,
    minimumVllm: "0.4.3",
  }),
  "phi-3-mini-128k-instruct": phi({
    name: "Phi-3 mini (3.8B, 128k context)",
    id: "microsoft/Phi-3-mini-128k-instruct",
    config: MINI,
    contextTokens: 131_072,
    published: 3.82,
    minimumVllm: "0.4.2",
  }),
  "phi-3.5-mini-instruct": phi({
    name: "Phi-3.5 mini (3.8B)",
    id: "microsoft/Phi-3.5-mini-instruct",
    revision: "3145e03a9fd4cdd7cd953c34d9bbf7ad606122ca",
    config: MINI,
    contextTokens: 131_072,
    published: 3.82,
    minimumVllm: "0.5.4",
  }),
  "phi-3.5-moe-instruct": phi({
    name: "Phi-3.5 MoE (42B, 6.6B active)",
    id: "microsoft/Phi-3.5-MoE-instruct",
    config: PHI_35_MOE,
    contextTokens: 131_072,
    published: 41.87,
    minimumVllm: "0.6.1",
  }),
  "phi-4": phi({
    name: "Phi-4 (14B)",
    id: "microsoft/phi-4",
    revision: "187ef0342fff0eb3333be9f00389385e95ef0b61",
    config: PHI_4,
    contextTokens: 16_384,
    published: 14.66,
    minimumVllm: "0.6.5",
  }),
  "phi-4-reasoning": phi({
    name: "Phi-4 reasoning (14B)",
    id: "microsoft/Phi-4-reasoning",
    config: PHI_4,
    contextTokens: 32_768,
    published: 14.66,
    reasoningParser: "deepseek_r1",
    minimumVllm: "0.6.5",
  }),
  "phi-4-mini-instruct": phi({
    name: "Phi-4 mini (3.8B)",
    id: "microsoft/Phi-4-mini-instruct",
    config: PHI_4_MINI,
    contextTokens: 131_072,
    published: 3.84,
    toolCallParser: "phi4_mini_json",
    minimumVllm: "0.7.3",
  }),
  "phi-4-mini-reasoning": phi({
    name: "Phi-4 mini reasoning (3.8B)",
    id: "microsoft/Phi-4-mini-reasoning",
    config: PHI_4_MINI,
    contextTokens: 131_072,
    published: 3.84,
    reasoningParser: "deepseek_r1",
    minimumVllm: "0.7.3",
  }),
} as const satisfies Record<string, CatalogModel>;
