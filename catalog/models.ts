import { ADDED_MODELS } from "./models/added.ts";
import type { CatalogModel } from "./models/catalog-model.ts";
import { DEEPSEEK_MODELS } from "./models/deepseek.ts";
import { EMBEDDING_MODELS } from "./models/embeddings.ts";
import { GEMMA_MODELS } from "./models/gemma.ts";
import { GPT_OSS_MODELS } from "./models/gpt-oss.ts";
import { LLAMA_MODELS } from "./models/llama.ts";
import { MISTRAL_MODELS } from "./models/mistral.ts";
import { PHI_MODELS } from "./models/phi.ts";
import { QWEN_25_MODELS } from "./models/qwen-2.5.ts";
import { QWEN_35_MODELS } from "./models/qwen-3.5.ts";
import { QWEN_3_MODELS } from "./models/qwen-3.ts";
import { SMOLLM_MODELS } from "./models/smollm.ts";

/** The models that Sluice can serve, one file per family in `models/`; `npm test` checks their arithmetic. */
export const MODELS = {
  ...PHI_MODELS,
  ...LLAMA_MODELS,
  ...QWEN_25_MODELS,
  ...QWEN_3_MODELS,
  ...QWEN_35_MODELS,
  ...GEMMA_MODELS,
  ...MISTRAL_MODELS,
  ...GPT_OSS_MODELS,
  ...DEEPSEEK_MODELS,
  ...SMOLLM_MODELS,
  ...EMBEDDING_MODELS,
  ...ADDED_MODELS,
} as const satisfies Record<string, CatalogModel>;

export type ModelId = keyof typeof MODELS;
export const MODEL_IDS = Object.keys(MODELS) as [ModelId, ...ModelId[]];

/** The entry of a model, typed without the literal values. */
export function catalogModel(id: ModelId): CatalogModel {
  return MODELS[id];
}
