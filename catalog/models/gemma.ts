import { type CatalogModel, catalogEntry, type ModelEntry } from "./catalog-model.ts";
import type { ModelConfig } from "./model-config.ts";

/** SigLIP of 400M and its projector. */
const VISION = 0.42e9;
/** One layer of six attends to the whole context, the others to a window. */
const GEMMA_1B: ModelConfig = {
  architecture: "Gemma3ForCausalLM",
  layers: 26,
  hidden: 1152,
  vocabulary: 262_144,
  tied: true,
  heads: 4,
  kvHeads: 1,
  headSize: 256,
  feedForward: 6912,
  window: { tokens: 512, layers: 22 },
};
const GEMMA_4B: ModelConfig = {
  ...GEMMA_1B,
  architecture: "Gemma3ForConditionalGeneration",
  layers: 34,
  hidden: 2560,
  vocabulary: 262_208,
  heads: 8,
  kvHeads: 4,
  feedForward: 10_240,
  window: { tokens: 1024, layers: 29 },
  visionParameters: VISION,
};
const GEMMA_12B: ModelConfig = {
  ...GEMMA_4B,
  layers: 48,
  hidden: 3840,
  heads: 16,
  kvHeads: 8,
  feedForward: 15_360,
  window: { tokens: 1024, layers: 40 },
};
const GEMMA_27B: ModelConfig = {
  ...GEMMA_4B,
  layers: 62,
  hidden: 5376,
  heads: 32,
  kvHeads: 16,
  headSize: 128,
  feedForward: 21_504,
  window: { tokens: 1024, layers: 52 },
};
const GEMMA_4_31B: ModelConfig = {
  architecture: "Gemma4ForConditionalGeneration",
  layers: 60,
  hidden: 5376,
  vocabulary: 262_144,
  tied: true,
  heads: 32,
  kvHeads: 16,
  headSize: 256,
  feedForward: 21_504,
  window: { tokens: 1024, layers: 50 },
  global: { layers: 10, kvHeads: 4, headSize: 512 },
  visionParameters: 0.55e9,
};
/** Every layer has a small feed-forward part beside its experts. */
const GEMMA_4_26B: ModelConfig = {
  ...GEMMA_4_31B,
  layers: 30,
  hidden: 2816,
  heads: 16,
  kvHeads: 8,
  feedForward: 0,
  experts: { count: 128, perToken: 8, width: 704, shared: 2112 },
  window: { tokens: 1024, layers: 25 },
  global: { layers: 5, kvHeads: 2, headSize: 512 },
};

const gemma = (entry: Omit<ModelEntry, "licence">): CatalogModel =>
  catalogEntry({
    ...entry,
    licence: { name: "Gemma Terms of Use", url: "https://ai.google.dev/gemma/terms" },
  });

/**
 * Google's Gemma; the repositories of Gemma 3 need the terms accepted and a token. Configurations as in
 * https://github.com/Lightning-AI/litgpt at 2685705 and, of Gemma 4, in the package aiconfigurator-core 0.12.0.
 */
export const GEMMA_MODELS = {
  "gemma-3-1b-it": gemma({
    name: "Gemma 3 1B",
    id: "google/gemma-3-1b-it",
    revision: "dcc83ea841ab6100d6b47a070329e1ba4cf78752",
    config: GEMMA_1B,
    contextTokens: 32_768,
    published: 1,
    minimumVllm: "0.8.0",
  }),
  "gemma-3-4b-it": gemma({
    name: "Gemma 3 4B",
    id: "google/gemma-3-4b-it",
    revision: "cf8f8525e9e9984d410dab2ea7f8a294ab58db8c",
    config: GEMMA_4B,
    contextTokens: 131_072,
    published: 4.3,
    minimumVllm: "0.8.0",
  }),
  "gemma-3-12b-it": gemma({
    name: "Gemma 3 12B",
    id: "google/gemma-3-12b-it",
    revision: "96b6f1eccf38110c56df3a15bffe176da04bfd80",
    config: GEMMA_12B,
    contextTokens: 131_072,
    published: 12.19,
    minimumVllm: "0.8.0",
  }),
  "gemma-3-27b-it": gemma({
    name: "Gemma 3 27B",
    id: "google/gemma-3-27b-it",
    revision: "005ad3404e59d6023443cb575daa05336842228a",
    config: GEMMA_27B,
    contextTokens: 131_072,
    published: 27.43,
    variants: [{ format: "fp8", id: "RedHatAI/gemma-3-27b-it-FP8-dynamic" }],
    minimumVllm: "0.8.0",
  }),
  "gemma-4-26b-a4b-it": gemma({
    name: "Gemma 4 26B (4B active)",
    id: "google/gemma-4-26B-A4B-it",
    revision: "47b6801b24d15ff9bcd8c96dfaea0be9ed3a0301",
    config: GEMMA_4_26B,
    contextTokens: 262_144,
    published: 26,
    toolCallParser: "gemma4",
    reasoningParser: "gemma4",
    minimumVllm: "0.29.0", // the oldest that this entry was checked with
  }),
  "gemma-4-31b-it": gemma({
    name: "Gemma 4 31B",
    id: "google/gemma-4-31B-it",
    revision: "419b2efe421994fdfd3394e621983d4cc511cd4f",
    config: GEMMA_4_31B,
    contextTokens: 262_144,
    published: 31,
    toolCallParser: "gemma4",
    reasoningParser: "gemma4",
    minimumVllm: "0.29.0", // the oldest that this entry was checked with
  }),
} as const satisfies Record<string, CatalogModel>;
