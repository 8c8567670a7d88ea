import { type CatalogModel, catalogEntry, type ModelEntry } from "./catalog-model.ts";
import type { ModelConfig } from "./model-config.ts";

const QWEN_06B: ModelConfig = {
  architecture: "Qwen3ForCausalLM",
  layers: 28,
  hidden: 1024,
  vocabulary: 151_936,
  tied: true,
  heads: 16,
  kvHeads: 8,
  headSize: 128,
  feedForward: 3072,
};
const QWEN_17B: ModelConfig = { ...QWEN_06B, hidden: 2048, feedForward: 6144 };
const QWEN_4B: ModelConfig = { ...QWEN_06B, layers: 36, hidden: 2560, heads: 32, feedForward: 9728 };
const QWEN_8B: ModelConfig = { ...QWEN_4B, tied: false, hidden: 4096, feedForward: 12_288 };
const QWEN_14B: ModelConfig = { ...QWEN_8B, layers: 40, hidden: 5120, heads: 40, feedForward: 17_408 };
const QWEN_32B: ModelConfig = { ...QWEN_8B, layers: 64, hidden: 5120, heads: 64, feedForward: 25_600 };
const QWEN_30B_A3B: ModelConfig = {
  ...QWEN_8B,
  architecture: "Qwen3MoeForCausalLM",
  layers: 48,
  hidden: 2048,
  kvHeads: 4,
  feedForward: 0,
  experts: { count: 128, perToken: 8, width: 768 },
};
const QWEN_235B_A22B: ModelConfig = {
  ...QWEN_30B_A3B,
  layers: 94,
  hidden: 4096,
  heads: 64,
  experts: { count: 128, perToken: 8, width: 1536 },
};
const QWEN_480B_A35B: ModelConfig = {
  ...QWEN_30B_A3B,
  layers: 62,
  hidden: 6144,
  heads: 96,
  kvHeads: 8,
  experts: { count: 160, perToken: 8, width: 2560 },
};
/** Three of four layers have linear attention. */
const QWEN_NEXT: ModelConfig = {
  ...QWEN_30B_A3B,
  architecture: "Qwen3NextForCausalLM",
  heads: 16,
  kvHeads: 2,
  headSize: 256,
  gatedAttention: true,
  linear: { layers: 36, keyHeads: 16, valueHeads: 32, headSize: 128 },
  experts: { count: 512, perToken: 10, width: 512, shared: 512 },
};
/** A vision transformer of 27 layers of 1,152 (24 of 1,024 in the 4B), its merger, and those of three of its layers. */
const vision = (config: ModelConfig, visionParameters: number): ModelConfig => ({
  ...config,
  architecture: config.experts ? "Qwen3VLMoeForConditionalGeneration" : "Qwen3VLForConditionalGeneration",
  visionParameters,
});

const qwen = (entry: Omit<ModelEntry, "licence">): CatalogModel =>
  catalogEntry({
    toolCallParser: "hermes",
    ...entry,
    licence: { name: "Apache-2.0", url: `https://huggingface.co/${entry.id}/blob/main/LICENSE` },
  });
/** Thinks unless the template's `enable_thinking` is false. */
const hybrid = (entry: Omit<ModelEntry, "licence" | "minimumVllm">): CatalogModel =>
  qwen({
    reasoningParser: "qwen3",
    variants: [
      { format: "fp8", id: `${entry.id}-FP8` },
      { format: "awq", id: `${entry.id}-AWQ` },
      { format: "gguf-q4", id: `${entry.id}-GGUF` },
    ],
    ...entry,
    minimumVllm: "0.8.5",
    chatTemplate: "It thinks by default; chat_template_kwargs { enable_thinking: false } turns it off.",
  });

/**
 * Alibaba's Qwen3. Configurations as in https://github.com/Lightning-AI/litgpt at 2685705 and in the package
 * aiconfigurator-core 0.12.0.
 */
export const QWEN_3_MODELS = {
  "qwen3-0.6b": hybrid({
    name: "Qwen3 0.6B",
    id: "Qwen/Qwen3-0.6B",
    config: QWEN_06B,
    contextTokens: 40_960,
    published: 0.596,
    variants: [
      { format: "fp8", id: "Qwen/Qwen3-0.6B-FP8" },
      { format: "gguf-q8", id: "Qwen/Qwen3-0.6B-GGUF" },
    ],
  }),
  "qwen3-1.7b": hybrid({
    name: "Qwen3 1.7B",
    id: "Qwen/Qwen3-1.7B",
    config: QWEN_17B,
    contextTokens: 40_960,
    published: 1.72,
    variants: [
      { format: "fp8", id: "Qwen/Qwen3-1.7B-FP8" },
      { format: "gguf-q8", id: "Qwen/Qwen3-1.7B-GGUF" },
    ],
  }),
  "qwen3-4b": hybrid({
    name: "Qwen3 4B",
    id: "Qwen/Qwen3-4B",
    revision: "1cfa9a7208912126459214e8b04321603b3df60c",
    config: QWEN_4B,
    contextTokens: 40_960,
    published: 4.02,
  }),
  "qwen3-8b": hybrid({
    name: "Qwen3 8B",
    id: "Qwen/Qwen3-8B",
    revision: "895c8d171bc03c30e113cd7a28c02494b5e068b7",
    config: QWEN_8B,
    contextTokens: 40_960,
    published: 8.19,
  }),
  "qwen3-14b": hybrid({
    name: "Qwen3 14B",
    id: "Qwen/Qwen3-14B",
    revision: "40c069824f4251a91eefaf281ebe4c544efd3e18",
    config: QWEN_14B,
    contextTokens: 40_960,
    published: 14.77,
  }),
  "qwen3-32b": hybrid({
    name: "Qwen3 32B",
    id: "Qwen/Qwen3-32B",
    revision: "d47b0d4ae4b48fde975756bf360a63a9cca8d470",
    config: QWEN_32B,
    contextTokens: 40_960,
    published: 32.76,
  }),
  "qwen3-30b-a3b": hybrid({
    name: "Qwen3 30B (3B active)",
    id: "Qwen/Qwen3-30B-A3B",
    revision: "f0abbbee7f4db139f64a2c3be5dc133fd7328acb",
    config: QWEN_30B_A3B,
    contextTokens: 40_960,
    published: 30.53,
    variants: [
      { format: "fp8", id: "Qwen/Qwen3-30B-A3B-FP8" },
      { format: "gptq", id: "Qwen/Qwen3-30B-A3B-GPTQ-Int4" },
      { format: "gguf-q4", id: "Qwen/Qwen3-30B-A3B-GGUF" },
    ],
  }),
  "qwen3-4b-instruct-2507": qwen({
    name: "Qwen3 4B Instruct 2507",
    id: "Qwen/Qwen3-4B-Instruct-2507",
    config: QWEN_4B,
    contextTokens: 262_144,
    published: 4.02,
    variants: [{ format: "fp8", id: "Qwen/Qwen3-4B-Instruct-2507-FP8" }],
    minimumVllm: "0.8.5",
  }),
  "qwen3-30b-a3b-instruct-2507": qwen({
    name: "Qwen3 30B Instruct 2507 (3B active)",
    id: "Qwen/Qwen3-30B-A3B-Instruct-2507",
    revision: "0d7cf23991f47feeb3a57ecb4c9cee8ea4a17bfe",
    config: QWEN_30B_A3B,
    contextTokens: 262_144,
    published: 30.53,
    variants: [{ format: "fp8", id: "Qwen/Qwen3-30B-A3B-Instruct-2507-FP8" }],
    minimumVllm: "0.8.5",
  }),
  "qwen3-30b-a3b-instruct-2507-fp8": qwen({
    name: "Qwen3 30B Instruct 2507 (3B active, FP8)",
    id: "Qwen/Qwen3-30B-A3B-Instruct-2507-FP8",
    revision: "5a5a776300a41aaa681dd7ff0106608ef2bc90db",
    config: QWEN_30B_A3B,
    contextTokens: 262_144,
    published: 30.53,
    format: "fp8",
    minimumVllm: "0.8.5",
  }),
  "qwen3-32b-fp8": hybrid({
    name: "Qwen3 32B (FP8)",
    id: "Qwen/Qwen3-32B-FP8",
    config: QWEN_32B,
    contextTokens: 40_960,
    published: 32.76,
    format: "fp8",
    variants: [],
  }),
  "qwen3-235b-a22b-instruct-2507-fp8": qwen({
    name: "Qwen3 235B Instruct 2507 (22B active, FP8)",
    id: "Qwen/Qwen3-235B-A22B-Instruct-2507-FP8",
    config: QWEN_235B_A22B,
    contextTokens: 262_144,
    published: 235.09,
    format: "fp8",
    minimumVllm: "0.8.5",
  }),
  "qwen3-coder-30b-a3b-instruct": qwen({
    name: "Qwen3 Coder 30B (3B active)",
    id: "Qwen/Qwen3-Coder-30B-A3B-Instruct",
    config: QWEN_30B_A3B,
    contextTokens: 262_144,
    published: 30.53,
    toolCallParser: "qwen3_coder",
    variants: [{ format: "fp8", id: "Qwen/Qwen3-Coder-30B-A3B-Instruct-FP8" }],
    minimumVllm: "0.10.0",
  }),
  "qwen3-coder-480b-a35b-instruct-fp8": qwen({
    name: "Qwen3 Coder 480B (35B active, FP8)",
    id: "Qwen/Qwen3-Coder-480B-A35B-Instruct-FP8",
    config: QWEN_480B_A35B,
    contextTokens: 262_144,
    published: 480.15,
    format: "fp8",
    toolCallParser: "qwen3_coder",
    minimumVllm: "0.10.0",
  }),
  "qwen3-next-80b-a3b-instruct": qwen({
    name: "Qwen3 Next 80B (3B active)",
    id: "Qwen/Qwen3-Next-80B-A3B-Instruct",
    config: QWEN_NEXT,
    contextTokens: 262_144,
    published: 79.67,
    variants: [{ format: "fp8", id: "Qwen/Qwen3-Next-80B-A3B-Instruct-FP8" }],
    engineArguments: [],
    minimumVllm: "0.10.2",
  }),
  "qwen3-vl-4b-instruct": qwen({
    name: "Qwen3 VL 4B Instruct",
    id: "Qwen/Qwen3-VL-4B-Instruct",
    revision: "ebb281ec70b05090aa6165b016eac8ec08e71b17",
    config: vision(QWEN_4B, 0.41e9),
    contextTokens: 262_144,
    published: 4.44,
    variants: [{ format: "fp8", id: "Qwen/Qwen3-VL-4B-Instruct-FP8" }],
    minimumVllm: "0.11.0",
  }),
  "qwen3-vl-8b-instruct": qwen({
    name: "Qwen3 VL 8B Instruct",
    id: "Qwen/Qwen3-VL-8B-Instruct",
    config: vision(QWEN_8B, 0.58e9),
    contextTokens: 262_144,
    published: 8.77,
    variants: [{ format: "fp8", id: "Qwen/Qwen3-VL-8B-Instruct-FP8" }],
    minimumVllm: "0.11.0",
  }),
  "qwen3-vl-30b-a3b-instruct": qwen({
    name: "Qwen3 VL 30B Instruct (3B active)",
    id: "Qwen/Qwen3-VL-30B-A3B-Instruct",
    revision: "9c4b90e1e4ba969fd3b5378b57d966d725f1b86c",
    config: vision(QWEN_30B_A3B, 0.54e9),
    contextTokens: 262_144,
    published: 31.07,
    variants: [{ format: "fp8", id: "Qwen/Qwen3-VL-30B-A3B-Instruct-FP8" }],
    minimumVllm: "0.11.0",
  }),
} as const satisfies Record<string, CatalogModel>;
