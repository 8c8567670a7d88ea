import { type CatalogModel, catalogEntry } from "./catalog-model.ts";
import type { ModelConfig } from "./model-config.ts";

const SMOLLM2_360M: ModelConfig = {
  architecture: "LlamaForCausalLM",
  layers: 32,
  hidden: 960,
  vocabulary: 49_152,
  tied: true,
  heads: 15,
  kvHeads: 5,
  headSize: 64,
  feedForward: 2560,
};
const SMOLLM2_17B: ModelConfig = {
  ...SMOLLM2_360M,
  layers: 24,
  hidden: 2048,
  heads: 32,
  kvHeads: 32,
  feedForward: 8192,
};
const SMOLLM3_3B: ModelConfig = {
  architecture: "SmolLM3ForCausalLM",
  layers: 36,
  hidden: 2048,
  vocabulary: 128_256,
  tied: true,
  heads: 16,
  kvHeads: 4,
  headSize: 128,
  feedForward: 11_008,
};

/** Hugging Face's SmolLM. Configurations as in https://github.com/Lightning-AI/litgpt at 2685705 and SmolLM3's page. */
export const SMOLLM_MODELS = {
  "smollm2-360m-instruct": catalogEntry({
    name: "SmolLM2 360M",
    id: "HuggingFaceTB/SmolLM2-360M-Instruct",
    revision: "6849e9f43f1a64e4604f0ef9d23adc8af4b4508f",
    config: SMOLLM2_360M,
    contextTokens: 8192,
    published: 0.362,
    licence: "Apache-2.0",
    minimumVllm: "0.4.0",
  }),
  "smollm2-1.7b-instruct": catalogEntry({
    name: "SmolLM2 1.7B",
    id: "HuggingFaceTB/SmolLM2-1.7B-Instruct",
    config: SMOLLM2_17B,
    contextTokens: 8192,
    published: 1.71,
    licence: "Apache-2.0",
    variants: [{ format: "gguf-q4", id: "HuggingFaceTB/SmolLM2-1.7B-Instruct-GGUF" }],
    minimumVllm: "0.4.0",
  }),
  "smollm3-3b": catalogEntry({
    name: "SmolLM3 3B",
    id: "HuggingFaceTB/SmolLM3-3B",
    config: SMOLLM3_3B,
    contextTokens: 65_536,
    published: 3.08,
    licence: "Apache-2.0",
    toolCallParser: "hermes",
    minimumVllm: "0.10.0",
    chatTemplate: "It thinks by default; chat_template_kwargs { enable_thinking: false } turns it off.",
  }),
} as const satisfies Record<string, CatalogModel>;
