import { type CatalogModel, catalogEntry, type ModelEntry } from "./catalog-model.ts";
import type { ModelConfig } from "./model-config.ts";

const LLAMA_8B: ModelConfig = {
  architecture: "LlamaForCausalLM",
  layers: 32,
  hidden: 4096,
  vocabulary: 128_256,
  heads: 32,
  kvHeads: 8,
  headSize: 128,
  feedForward: 14_336,
};
const LLAMA_70B: ModelConfig = { ...LLAMA_8B, layers: 80, hidden: 8192, heads: 64, feedForward: 28_672 };
const LLAMA_405B: ModelConfig = { ...LLAMA_8B, layers: 126, hidden: 16_384, heads: 128, feedForward: 53_248 };
const LLAMA_1B: ModelConfig = { ...LLAMA_8B, layers: 16, hidden: 2048, tied: true, headSize: 64, feedForward: 8192 };
const LLAMA_3B: ModelConfig = { ...LLAMA_8B, layers: 28, hidden: 3072, tied: true, heads: 24, feedForward: 8192 };
/** Three of four layers attend within chunks of 8,192 tokens. */
const SCOUT: ModelConfig = {
  architecture: "Llama4ForConditionalGeneration",
  layers: 48,
  hidden: 5120,
  vocabulary: 202_048,
  heads: 40,
  kvHeads: 8,
  headSize: 128,
  feedForward: 16_384,
  experts: { count: 16, perToken: 1, width: 8192, shared: 8192 },
  window: { tokens: 8192, layers: 36 },
  visionParameters: 0.87e9,
};
const MAVERICK: ModelConfig = { ...SCOUT, experts: { count: 128, perToken: 1, width: 8192, shared: 8192, every: 2 } };

const licence = (version: string, id: string) => ({
  name: `Llama ${version} Community License`,
  url: `https://huggingface.co/${id}/blob/main/LICENSE`,
});
const llama = (version: string, entry: Omit<ModelEntry, "licence">): CatalogModel =>
  catalogEntry({ toolCallParser: "llama3_json", ...entry, licence: licence(version, entry.id) });

/**
 * Meta's Llama; its repositories need the licence accepted and a token. Configurations as in
 * https://github.com/Lightning-AI/litgpt at 2685705 and, of Llama 4, in the package aiconfigurator-core 0.12.0.
 */
export const LLAMA_MODELS = {
  "llama-3.1-8b-instruct": llama("3.1", {
    name: "Llama 3.1 8B Instruct",
    id: "meta-llama/Llama-3.1-8B-Instruct",
    revision: "0e9e39f249a16976918f6564b8830bc894c89659",
    config: LLAMA_8B,
    contextTokens: 131_072,
    published: 8.03,
    variants: [
      { format: "fp8", id: "RedHatAI/Meta-Llama-3.1-8B-Instruct-FP8" },
      { format: "gptq", id: "hugging-quants/Meta-Llama-3.1-8B-Instruct-GPTQ-INT4" },
      { format: "gguf-q4", id: "bartowski/Meta-Llama-3.1-8B-Instruct-GGUF" },
    ],
    minimumVllm: "0.5.3",
  }),
  "llama-3.1-70b-instruct": llama("3.1", {
    name: "Llama 3.1 70B Instruct",
    id: "meta-llama/Llama-3.1-70B-Instruct",
    config: LLAMA_70B,
    contextTokens: 131_072,
    published: 70.55,
    minimumVllm: "0.5.3",
  }),
  "llama-3.1-405b-instruct-fp8": llama("3.1", {
    name: "Llama 3.1 405B Instruct (FP8)",
    id: "RedHatAI/Meta-Llama-3.1-405B-Instruct-FP8-dynamic",
    revision: "f4dbba5848122daa32a44a30978c0c1cd5105e43",
    config: LLAMA_405B,
    contextTokens: 131_072,
    published: 405.85,
    format: "fp8",
    minimumVllm: "0.5.3",
  }),
  "llama-3.2-1b-instruct": llama("3.2", {
    name: "Llama 3.2 1B Instruct",
    id: "meta-llama/Llama-3.2-1B-Instruct",
    revision: "9213176726f574b556790deb65791e0c5aa438b6",
    config: LLAMA_1B,
    contextTokens: 131_072,
    published: 1.24,
    minimumVllm: "0.5.3",
  }),
  "llama-3.2-3b-instruct": llama("3.2", {
    name: "Llama 3.2 3B Instruct",
    id: "meta-llama/Llama-3.2-3B-Instruct",
    revision: "0cb88a4f764b7a12671c53f0838cd831a0843b95",
    config: LLAMA_3B,
    contextTokens: 131_072,
    published: 3.21,
    minimumVllm: "0.5.3",
  }),
  "llama-3.3-70b-instruct": llama("3.3", {
    name: "Llama 3.3 70B Instruct",
    id: "meta-llama/Llama-3.3-70B-Instruct",
    revision: "6f6073b423013f6a7d4d9f39144961bfbfbc386b",
    config: LLAMA_70B,
    contextTokens: 131_072,
    published: 70.55,
    engineArguments: ["--enable-prefix-caching", "--enable-chunked-prefill"],
    variants: [{ format: "fp8", id: "RedHatAI/Llama-3.3-70B-Instruct-FP8-dynamic" }],
    minimumVllm: "0.5.3",
  }),
  "llama-4-scout-17b-16e-instruct": llama("4", {
    name: "Llama 4 Scout (109B, 17B active)",
    id: "meta-llama/Llama-4-Scout-17B-16E-Instruct",
    revision: "92f3b1597a195b523d8d9e5700e57e4fbb8f20d3",
    config: SCOUT,
    contextTokens: 10_485_760,
    published: 108.64,
    toolCallParser: "llama4_pythonic",
    minimumVllm: "0.8.3",
  }),
  "llama-4-maverick-17b-128e-instruct-fp8": llama("4", {
    name: "Llama 4 Maverick (402B, 17B active, FP8)",
    id: "meta-llama/Llama-4-Maverick-17B-128E-Instruct-FP8",
    config: MAVERICK,
    contextTokens: 1_048_576,
    published: 401.58,
    format: "fp8",
    toolCallParser: "llama4_pythonic",
    minimumVllm: "0.8.3",
  }),
} as const satisfies Record<string, CatalogModel>;
