import { type CatalogModel, catalogEntry, type ModelEntry } from "./catalog-model.ts";
import type { ModelConfig } from "./model-config.ts";

const QWEN_05B: ModelConfig = {
  architecture: "Qwen2ForCausalLM",
  layers: 24,
  hidden: 896,
  vocabulary: 151_936,
  tied: true,
  heads: 14,
  kvHeads: 2,
  headSize: 64,
  feedForward: 4864,
};
const QWEN_15B: ModelConfig = { ...QWEN_05B, layers: 28, hidden: 1536, heads: 12, headSize: 128, feedForward: 8960 };
const QWEN_3B: ModelConfig = { ...QWEN_15B, layers: 36, hidden: 2048, heads: 16, feedForward: 11_008 };
const QWEN_7B: ModelConfig = {
  ...QWEN_15B,
  tied: false,
  vocabulary: 152_064,
  hidden: 3584,
  heads: 28,
  kvHeads: 4,
  feedForward: 18_944,
};
const QWEN_14B: ModelConfig = { ...QWEN_7B, layers: 48, hidden: 5120, heads: 40, kvHeads: 8, feedForward: 13_824 };
const QWEN_32B: ModelConfig = { ...QWEN_14B, layers: 64, feedForward: 27_648 };
const QWEN_72B: ModelConfig = { ...QWEN_14B, layers: 80, hidden: 8192, heads: 64, feedForward: 29_568 };
/** A vision transformer of 32 layers of 1,280, and its merger (Qwen2.5-VL's technical report). */
const vision = (config: ModelConfig): ModelConfig => ({
  ...config,
  architecture: "Qwen2_5_VLForConditionalGeneration",
  visionParameters: 0.68e9,
});

const APACHE = "Apache-2.0";
const RESEARCH = "Qwen Research License (no commercial use)";
const QWEN = "Qwen License";
const quantised = (id: string): ModelEntry["variants"] => [
  { format: "awq", id: `${id}-AWQ` },
  { format: "gptq", id: `${id}-GPTQ-Int4` },
  { format: "gguf-q4", id: `${id}-GGUF` },
];
const text = (entry: ModelEntry): CatalogModel =>
  catalogEntry({ toolCallParser: "hermes", variants: quantised(entry.id) ?? [], ...entry });

/** Alibaba's Qwen2.5 and QwQ. Configurations as in https://github.com/Lightning-AI/litgpt at 2685705, litgpt/config.py. */
export const QWEN_25_MODELS = {
  "qwen2.5-0.5b-instruct": text({
    name: "Qwen2.5 0.5B Instruct",
    id: "Qwen/Qwen2.5-0.5B-Instruct",
    config: QWEN_05B,
    contextTokens: 32_768,
    published: 0.494,
    licence: APACHE,
    minimumVllm: "0.4.3",
  }),
  "qwen2.5-1.5b-instruct": text({
    name: "Qwen2.5 1.5B Instruct",
    id: "Qwen/Qwen2.5-1.5B-Instruct",
    config: QWEN_15B,
    contextTokens: 32_768,
    published: 1.54,
    licence: APACHE,
    minimumVllm: "0.4.3",
  }),
  "qwen2.5-3b-instruct": text({
    name: "Qwen2.5 3B Instruct",
    id: "Qwen/Qwen2.5-3B-Instruct",
    config: QWEN_3B,
    contextTokens: 32_768,
    published: 3.09,
    licence: RESEARCH,
    minimumVllm: "0.4.3",
  }),
  "qwen2.5-7b-instruct": text({
    name: "Qwen2.5 7B Instruct",
    id: "Qwen/Qwen2.5-7B-Instruct",
    revision: "a09a35458c702b33eeacc393d103063234e8bc28",
    config: QWEN_7B,
    contextTokens: 32_768,
    published: 7.62,
    licence: APACHE,
    minimumVllm: "0.4.3",
  }),
  "qwen2.5-14b-instruct": text({
    name: "Qwen2.5 14B Instruct",
    id: "Qwen/Qwen2.5-14B-Instruct",
    revision: "cf98f3b3bbb457ad9e2bb7baf9a0125b6b88caa8",
    config: QWEN_14B,
    contextTokens: 32_768,
    published: 14.77,
    licence: APACHE,
    minimumVllm: "0.4.3",
  }),
  "qwen2.5-32b-instruct": text({
    name: "Qwen2.5 32B Instruct",
    id: "Qwen/Qwen2.5-32B-Instruct",
    config: QWEN_32B,
    contextTokens: 32_768,
    published: 32.76,
    licence: APACHE,
    minimumVllm: "0.4.3",
  }),
  "qwen2.5-72b-instruct": text({
    name: "Qwen2.5 72B Instruct",
    id: "Qwen/Qwen2.5-72B-Instruct",
    revision: "495f39366efef23836d0cfae4fbe635880d2be31",
    config: QWEN_72B,
    contextTokens: 32_768,
    published: 72.71,
    licence: QWEN,
    minimumVllm: "0.4.3",
  }),
  "qwen2.5-coder-7b-instruct": text({
    name: "Qwen2.5 Coder 7B Instruct",
    id: "Qwen/Qwen2.5-Coder-7B-Instruct",
    config: QWEN_7B,
    contextTokens: 32_768,
    published: 7.62,
    licence: APACHE,
    minimumVllm: "0.4.3",
  }),
  "qwen2.5-coder-32b-instruct": text({
    name: "Qwen2.5 Coder 32B Instruct",
    id: "Qwen/Qwen2.5-Coder-32B-Instruct",
    config: QWEN_32B,
    contextTokens: 32_768,
    published: 32.76,
    licence: APACHE,
    minimumVllm: "0.4.3",
  }),
  "qwq-32b": text({
    name: "QwQ 32B",
    id: "Qwen/QwQ-32B",
    revision: "976055f8c83f394f35dbd3ab09a285a984907bd0",
    config: QWEN_32B,
    contextTokens: 131_072,
    published: 32.76,
    licence: APACHE,
    reasoningParser: "deepseek_r1",
    variants: [{ format: "awq", id: "Qwen/QwQ-32B-AWQ" }],
    minimumVllm: "0.7.3",
  }),
  "qwen2.5-vl-3b-instruct": catalogEntry({
    name: "Qwen2.5 VL 3B Instruct",
    id: "Qwen/Qwen2.5-VL-3B-Instruct",
    revision: "66285546d2b821cf421d4f5eb2576359d3770cd3",
    config: vision(QWEN_3B),
    contextTokens: 128_000,
    published: 3.75,
    licence: RESEARCH,
    minimumVllm: "0.7.2",
  }),
  "qwen2.5-vl-7b-instruct": catalogEntry({
    name: "Qwen2.5 VL 7B Instruct",
    id: "Qwen/Qwen2.5-VL-7B-Instruct",
    revision: "cc594898137f460bfe9f0759e9844b3ce807cfb5",
    config: vision(QWEN_7B),
    contextTokens: 128_000,
    published: 8.29,
    licence: APACHE,
    variants: [{ format: "awq", id: "Qwen/Qwen2.5-VL-7B-Instruct-AWQ" }],
    minimumVllm: "0.7.2",
  }),
  "qwen2.5-vl-32b-instruct": catalogEntry({
    name: "Qwen2.5 VL 32B Instruct",
    id: "Qwen/Qwen2.5-VL-32B-Instruct",
    revision: "7cfb30d71a1f4f49a57592323337a4a4727301da",
    config: vision(QWEN_32B),
    contextTokens: 128_000,
    published: 33.45,
    licence: APACHE,
    minimumVllm: "0.7.2",
  }),
} as const satisfies Record<string, CatalogModel>;
