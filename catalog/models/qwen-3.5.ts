import { type CatalogModel, catalogEntry, type ModelEntry } from "./catalog-model.ts";
import type { ModelConfig } from "./model-config.ts";

/** Three of four layers have linear attention; a vision transformer of 27 layers of 1,152. */
const QWEN_27B: ModelConfig = {
  architecture: "Qwen3_5ForConditionalGeneration",
  layers: 64,
  hidden: 5120,
  vocabulary: 248_320,
  heads: 24,
  kvHeads: 4,
  headSize: 256,
  feedForward: 17_408,
  gatedAttention: true,
  linear: { layers: 48, keyHeads: 16, valueHeads: 48, headSize: 128 },
  visionParameters: 0.46e9,
};
const QWEN_35B_A3B: ModelConfig = {
  ...QWEN_27B,
  architecture: "Qwen3_5MoeForConditionalGeneration",
  layers: 40,
  hidden: 2048,
  heads: 16,
  kvHeads: 2,
  feedForward: 0,
  linear: { layers: 30, keyHeads: 16, valueHeads: 32, headSize: 128 },
  experts: { count: 256, perToken: 8, width: 512, shared: 512 },
};
const QWEN_122B_A10B: ModelConfig = {
  ...QWEN_35B_A3B,
  layers: 48,
  hidden: 3072,
  heads: 32,
  linear: { layers: 36, keyHeads: 16, valueHeads: 64, headSize: 128 },
  experts: { count: 256, perToken: 8, width: 1024, shared: 1024 },
};
const QWEN_397B_A17B: ModelConfig = {
  ...QWEN_122B_A10B,
  layers: 60,
  hidden: 4096,
  linear: { layers: 45, keyHeads: 16, valueHeads: 64, headSize: 128 },
  experts: { count: 512, perToken: 10, width: 1024, shared: 1024 },
};

const qwen = (entry: Omit<ModelEntry, "licence" | "minimumVllm" | "contextTokens">): CatalogModel =>
  catalogEntry({
    toolCallParser: "qwen3_coder",
    reasoningParser: "qwen3",
    engineArguments: [],
    ...entry,
    contextTokens: 262_144,
    licence: "Apache-2.0",
    minimumVllm: "0.29.0", // the oldest that this entry was checked with
    chatTemplate: "It thinks by default; chat_template_kwargs { enable_thinking: false } turns it off.",
  });

/** Alibaba's Qwen3.5, which sees images. Configurations as in the package aiconfigurator-core 0.12.0. */
export const QWEN_35_MODELS = {
  "qwen3.5-27b": qwen({ name: "Qwen3.5 27B", id: "Qwen/Qwen3.5-27B", config: QWEN_27B, published: 27 }),
  "qwen3.5-35b-a3b": qwen({
    name: "Qwen3.5 35B (3B active)",
    id: "Qwen/Qwen3.5-35B-A3B",
    config: QWEN_35B_A3B,
    published: 35,
  }),
  "qwen3.5-122b-a10b": qwen({
    name: "Qwen3.5 122B (10B active)",
    id: "Qwen/Qwen3.5-122B-A10B",
    config: QWEN_122B_A10B,
    published: 122,
  }),
  "qwen3.5-397b-a17b": qwen({
    name: "Qwen3.5 397B (17B active)",
    id: "Qwen/Qwen3.5-397B-A17B",
    config: QWEN_397B_A17B,
    published: 397,
  }),
} as const satisfies Record<string, CatalogModel>;
