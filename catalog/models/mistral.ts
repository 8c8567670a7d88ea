import { type CatalogModel, catalogEntry, type ModelEntry } from "./catalog-model.ts";
import type { ModelConfig } from "./model-config.ts";

const MISTRAL_7B: ModelConfig = {
  architecture: "MistralForCausalLM",
  layers: 32,
  hidden: 4096,
  vocabulary: 32_768,
  heads: 32,
  kvHeads: 8,
  headSize: 128,
  feedForward: 14_336,
};
const NEMO: ModelConfig = { ...MISTRAL_7B, layers: 40, hidden: 5120, vocabulary: 131_072 };
const SMALL_24B: ModelConfig = { ...NEMO, feedForward: 32_768 };
const MIXTRAL: ModelConfig = {
  ...MISTRAL_7B,
  architecture: "MixtralForCausalLM",
  vocabulary: 32_000,
  feedForward: 0,
  experts: { count: 8, perToken: 2, width: 14_336 },
};
/** A vision transformer of 24 layers of 1,024, and its projector (Pixtral's report). */
const vision = (config: ModelConfig, architecture: string): ModelConfig => ({
  ...config,
  architecture,
  visionParameters: 0.44e9,
});

/** The tokenizer of the hub's config.json lacks the control tokens of tools: Mistral's own format has them. */
const OWN_FORMAT = [
  "--enable-prefix-caching",
  "--tokenizer-mode",
  "mistral",
  "--config-format",
  "mistral",
  "--load-format",
  "mistral",
] as const;

const mistral = (entry: Omit<ModelEntry, "licence">): CatalogModel =>
  catalogEntry({ toolCallParser: "mistral", ...entry, licence: "Apache-2.0" });

/**
 * Mistral. Configurations as in https://github.com/Lightning-AI/litgpt at 2685705 (7B, Mixtral) and in the models' own
 * pages (Nemo and the 24B).
 */
export const MISTRAL_MODELS = {
  "mistral-7b-instruct-v0.3": mistral({
    name: "Mistral 7B Instruct v0.3",
    id: "mistralai/Mistral-7B-Instruct-v0.3",
    revision: "c170c708c41dac9275d15a8fff4eca08d52bab71",
    config: MISTRAL_7B,
    contextTokens: 32_768,
    published: 7.25,
    minimumVllm: "0.4.3",
  }),
  "mistral-nemo-instruct-2407": mistral({
    name: "Mistral Nemo 12B",
    id: "mistralai/Mistral-Nemo-Instruct-2407",
    revision: "8aedd450f2583e9c67fae1929f6936b8fc5aef9c",
    config: NEMO,
    contextTokens: 131_072,
    published: 12.25,
    minimumVllm: "0.5.3",
  }),
  "mistral-small-24b-instruct-2501": mistral({
    name: "Mistral Small 3 24B",
    id: "mistralai/Mistral-Small-24B-Instruct-2501",
    config: SMALL_24B,
    contextTokens: 32_768,
    published: 23.57,
    engineArguments: OWN_FORMAT,
    minimumVllm: "0.6.4",
  }),
  "mistral-small-3.1-24b-instruct-2503": mistral({
    name: "Mistral Small 3.1 24B",
    id: "mistralai/Mistral-Small-3.1-24B-Instruct-2503",
    revision: "4b8dd8aae705887db5295fcbff4aedbb92d682eb",
    config: vision(SMALL_24B, "Mistral3ForConditionalGeneration"),
    contextTokens: 131_072,
    published: 24.01,
    engineArguments: OWN_FORMAT,
    minimumVllm: "0.8.1",
  }),
  "mistral-small-3.2-24b-instruct-2506": mistral({
    name: "Mistral Small 3.2 24B",
    id: "mistralai/Mistral-Small-3.2-24B-Instruct-2506",
    config: vision(SMALL_24B, "Mistral3ForConditionalGeneration"),
    contextTokens: 131_072,
    published: 24.01,
    engineArguments: OWN_FORMAT,
    minimumVllm: "0.9.1",
  }),
  "devstral-small-2507": mistral({
    name: "Devstral Small 1.1 24B",
    id: "mistralai/Devstral-Small-2507",
    config: SMALL_24B,
    contextTokens: 131_072,
    published: 23.57,
    engineArguments: OWN_FORMAT,
    minimumVllm: "0.9.1",
  }),
  "magistral-small-2507": mistral({
    name: "Magistral Small 1.1 24B",
    id: "mistralai/Magistral-Small-2507",
    config: SMALL_24B,
    contextTokens: 40_960,
    published: 23.57,
    reasoningParser: "mistral",
    engineArguments: OWN_FORMAT,
    minimumVllm: "0.10.0",
  }),
  "mixtral-8x7b-instruct-v0.1": mistral({
    name: "Mixtral 8x7B Instruct (13B active)",
    id: "mistralai/Mixtral-8x7B-Instruct-v0.1",
    config: MIXTRAL,
    contextTokens: 32_768,
    published: 46.7,
    minimumVllm: "0.2.5",
  }),
} as const satisfies Record<string, CatalogModel>;
