import { type CatalogModel, catalogEntry, type ModelEntry } from "./catalog-model.ts";
import { LLAMA_MODELS } from "./llama.ts";
import type { ModelConfig } from "./model-config.ts";
import { QWEN_25_MODELS } from "./qwen-2.5.ts";
import { QWEN_3_MODELS } from "./qwen-3.ts";

/** A cache of 576 numbers a token and layer, whatever the number of heads. */
const DEEPSEEK_V3: ModelConfig = {
  architecture: "DeepseekV3ForCausalLM",
  layers: 61,
  hidden: 7168,
  vocabulary: 129_280,
  heads: 128,
  kvHeads: 128,
  headSize: 128,
  feedForward: 18_432,
  experts: { count: 256, perToken: 8, width: 2048, shared: 2048, denseLayers: 3 },
  latent: { kvRank: 512, queryRank: 1536, plainSize: 128, positionSize: 64, valueSize: 128 },
};
/** With an indexer that chooses 2,048 tokens for each query; its cache is small and not counted. */
const DEEPSEEK_V32: ModelConfig = { ...DEEPSEEK_V3, architecture: "DeepseekV32ForCausalLM" };
const DEEPSEEK_V2_LITE: ModelConfig = {
  architecture: "DeepseekV2ForCausalLM",
  layers: 27,
  hidden: 2048,
  vocabulary: 102_400,
  heads: 16,
  kvHeads: 16,
  headSize: 128,
  feedForward: 10_944,
  experts: { count: 64, perToken: 6, width: 1408, shared: 2816, denseLayers: 1 },
  latent: { kvRank: 512, queryRank: 0, plainSize: 128, positionSize: 64, valueSize: 128 },
};
const QWEN_15B: ModelConfig = { ...QWEN_25_MODELS["qwen2.5-1.5b-instruct"].config, tied: false };

const deepseek = (entry: Omit<ModelEntry, "licence">): CatalogModel =>
  catalogEntry({ ...entry, licence: { name: "MIT", url: `https://huggingface.co/${entry.id}/blob/main/LICENSE` } });
const distil = (entry: Omit<ModelEntry, "licence" | "contextTokens" | "minimumVllm">): CatalogModel =>
  deepseek({
    ...entry,
    contextTokens: 131_072,
    reasoningParser: "deepseek_r1",
    minimumVllm: "0.7.0",
    chatTemplate: "It begins the response with the thinking's tag, and has no part for tools.",
  });
const V3 = { contextTokens: 163_840, published: 671.03, format: "fp8", minimumVllm: "0.6.6" } as const;

/** DeepSeek. Configurations as in the package aiconfigurator-core 0.12.0; the distils have those of Llama and Qwen. */
export const DEEPSEEK_MODELS = {
  "deepseek-r1-distill-qwen-1.5b": distil({
    name: "DeepSeek R1 distil, Qwen 1.5B",
    id: "deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B",
    config: QWEN_15B,
    published: 1.78,
  }),
  "deepseek-r1-distill-qwen-7b": distil({
    name: "DeepSeek R1 distil, Qwen 7B",
    id: "deepseek-ai/DeepSeek-R1-Distill-Qwen-7B",
    config: QWEN_25_MODELS["qwen2.5-7b-instruct"].config,
    published: 7.62,
  }),
  "deepseek-r1-distill-qwen-14b": distil({
    name: "DeepSeek R1 distil, Qwen 14B",
    id: "deepseek-ai/DeepSeek-R1-Distill-Qwen-14B",
    config: QWEN_25_MODELS["qwen2.5-14b-instruct"].config,
    published: 14.77,
  }),
  "deepseek-r1-distill-qwen-32b": distil({
    name: "DeepSeek R1 distil, Qwen 32B",
    id: "deepseek-ai/DeepSeek-R1-Distill-Qwen-32B",
    config: QWEN_25_MODELS["qwen2.5-32b-instruct"].config,
    published: 32.76,
  }),
  "deepseek-r1-distill-llama-8b": distil({
    name: "DeepSeek R1 distil, Llama 8B",
    id: "deepseek-ai/DeepSeek-R1-Distill-Llama-8B",
    revision: "6a6f4aa4197940add57724a7707d069478df56b1",
    config: LLAMA_MODELS["llama-3.1-8b-instruct"].config,
    published: 8.03,
  }),
  "deepseek-r1-distill-llama-70b": distil({
    name: "DeepSeek R1 distil, Llama 70B",
    id: "deepseek-ai/DeepSeek-R1-Distill-Llama-70B",
    config: LLAMA_MODELS["llama-3.1-70b-instruct"].config,
    published: 70.55,
  }),
  "deepseek-r1-0528-qwen3-8b": distil({
    name: "DeepSeek R1 0528 distil, Qwen3 8B",
    id: "deepseek-ai/DeepSeek-R1-0528-Qwen3-8B",
    config: QWEN_3_MODELS["qwen3-8b"].config,
    published: 8.19,
  }),
  "deepseek-v2-lite-chat": deepseek({
    name: "DeepSeek V2 Lite (16B, 2.4B active)",
    id: "deepseek-ai/DeepSeek-V2-Lite-Chat",
    revision: "85864749cd611b4353ce1decdb286193298f64c7",
    config: DEEPSEEK_V2_LITE,
    contextTokens: 32_768,
    published: 15.71,
    minimumVllm: "0.5.1",
  }),
  "deepseek-v3-0324": deepseek({
    name: "DeepSeek V3 0324 (671B, 37B active)",
    id: "deepseek-ai/DeepSeek-V3-0324",
    config: DEEPSEEK_V3,
    toolCallParser: "deepseek_v3",
    ...V3,
  }),
  "deepseek-r1-0528": deepseek({
    name: "DeepSeek R1 0528 (671B, 37B active)",
    id: "deepseek-ai/DeepSeek-R1-0528",
    revision: "4236a6af538feda4548eca9ab308586007567f52",
    config: DEEPSEEK_V3,
    toolCallParser: "deepseek_v3",
    reasoningParser: "deepseek_r1",
    ...V3,
  }),
  "deepseek-v3.1-terminus": deepseek({
    name: "DeepSeek V3.1 Terminus (671B, 37B active)",
    id: "deepseek-ai/DeepSeek-V3.1-Terminus",
    revision: "19510d6dc61f79dbd925bd51ee8a9081c509a4b6",
    config: DEEPSEEK_V3,
    toolCallParser: "deepseek_v31",
    reasoningParser: "deepseek_v3",
    ...V3,
    minimumVllm: "0.10.2",
    chatTemplate: "It thinks with chat_template_kwargs { thinking: true }, and not otherwise.",
  }),
  "deepseek-v3.2": deepseek({
    name: "DeepSeek V3.2 (671B, 37B active)",
    id: "deepseek-ai/DeepSeek-V3.2",
    config: DEEPSEEK_V32,
    toolCallParser: "deepseek_v32",
    reasoningParser: "deepseek_v3",
    ...V3,
    minimumVllm: "0.12.0",
  }),
} as const satisfies Record<string, CatalogModel>;
