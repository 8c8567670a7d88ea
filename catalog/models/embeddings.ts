import { type CatalogModel, catalogEntry } from "./catalog-model.ts";
import { MISTRAL_MODELS } from "./mistral.ts";
import type { ModelConfig } from "./model-config.ts";
import { QWEN_3_MODELS } from "./qwen-3.ts";

const BERT_BASE: ModelConfig = {
  architecture: "BertModel",
  layers: 12,
  hidden: 768,
  vocabulary: 30_522,
  heads: 12,
  kvHeads: 12,
  headSize: 64,
  feedForward: 3072,
  feedForwardMatrices: 2,
  positions: 512,
  hasOutputLayer: false,
};
const BERT_LARGE: ModelConfig = { ...BERT_BASE, layers: 24, hidden: 1024, heads: 16, kvHeads: 16, feedForward: 4096 };
const XLM_R_LARGE: ModelConfig = {
  ...BERT_LARGE,
  architecture: "XLMRobertaModel",
  vocabulary: 250_002,
  positions: 514,
};
const BGE_M3: ModelConfig = { ...XLM_R_LARGE, positions: 8194 };
const NOMIC: ModelConfig = {
  ...BERT_BASE,
  architecture: "NomicBertModel",
  vocabulary: 30_528,
  feedForwardMatrices: 3,
  positions: 0,
};
const NOMIC_MOE: ModelConfig = {
  ...NOMIC,
  vocabulary: 250_048,
  feedForwardMatrices: 2,
  experts: { count: 8, perToken: 2, width: 3072, every: 2 },
};
const E5_MISTRAL: ModelConfig = {
  ...MISTRAL_MODELS["mistral-7b-instruct-v0.3"].config,
  architecture: "MistralModel",
  vocabulary: 32_000,
  hasOutputLayer: false,
};
const qwen3 = (id: "qwen3-0.6b" | "qwen3-4b" | "qwen3-8b"): ModelConfig => ({
  ...QWEN_3_MODELS[id].config,
  hasOutputLayer: false,
});
/** The architecture of the reranker's config.json is the language model's: the scores are its logits of "no" and "yes". */
const QWEN3_RERANKER = [
  "--runner",
  "pooling",
  "--hf-overrides",
  JSON.stringify({
    architectures: ["Qwen3ForSequenceClassification"],
    classifier_from_token: ["no", "yes"],
    is_original_qwen3_reranker: true,
  }),
] as const;

const APACHE = "Apache-2.0";

/**
 * Embedding models and rerankers. Commits and parameters as in https://github.com/embeddings-benchmark/mteb at a905523,
 * mteb/models; the commits of Qwen3's embeddings as in https://github.com/modular/modular, hf-repo-lock.tsv.
 */
export const EMBEDDING_MODELS = {
  "bge-base-en-v1.5": catalogEntry({
    name: "BGE base, English",
    id: "BAAI/bge-base-en-v1.5",
    revision: "a5beb1e3e68b9ab74eb54cfd186867f64f240e1a",
    config: BERT_BASE,
    contextTokens: 512,
    published: 0.109,
    licence: "MIT",
    task: "embed",
    minimumVllm: "0.6.4",
  }),
  "bge-large-en-v1.5": catalogEntry({
    name: "BGE large, English",
    id: "BAAI/bge-large-en-v1.5",
    revision: "d4aa6901d3a41ba39fb536a557fa166f842b0e09",
    config: BERT_LARGE,
    contextTokens: 512,
    published: 0.335,
    licence: "MIT",
    task: "embed",
    minimumVllm: "0.6.4",
  }),
  "bge-m3": catalogEntry({
    name: "BGE M3, multilingual",
    id: "BAAI/bge-m3",
    revision: "5617a9f61b028005a4858fdac845db406aefb181",
    config: BGE_M3,
    contextTokens: 8192,
    published: 0.568,
    licence: "MIT",
    task: "embed",
    minimumVllm: "0.6.6",
  }),
  "multilingual-e5-large": catalogEntry({
    name: "E5 large, multilingual",
    id: "intfloat/multilingual-e5-large",
    revision: "ab10c1a7f42e74530fe7ae5be82e6d4f11a719eb",
    config: XLM_R_LARGE,
    contextTokens: 512,
    published: 0.56,
    licence: "MIT",
    task: "embed",
    minimumVllm: "0.6.6",
  }),
  "multilingual-e5-large-instruct": catalogEntry({
    name: "E5 large instruct, multilingual",
    id: "intfloat/multilingual-e5-large-instruct",
    revision: "baa7be480a7de1539afce709c8f13f833a510e0a",
    config: XLM_R_LARGE,
    contextTokens: 512,
    published: 0.56,
    licence: "MIT",
    task: "embed",
    minimumVllm: "0.6.6",
  }),
  "e5-mistral-7b-instruct": catalogEntry({
    name: "E5 Mistral 7B",
    id: "intfloat/e5-mistral-7b-instruct",
    revision: "07163b72af1488142a360786df853f237b1a3ca1",
    config: E5_MISTRAL,
    contextTokens: 32_768,
    published: 7.11,
    licence: "MIT",
    task: "embed",
    minimumVllm: "0.4.3",
  }),
  "nomic-embed-text-v1.5": catalogEntry({
    name: "Nomic Embed v1.5",
    id: "nomic-ai/nomic-embed-text-v1.5",
    revision: "b0753ae76394dd36bcfb912a46018088bca48be0",
    config: NOMIC,
    contextTokens: 8192,
    published: 0.137,
    licence: APACHE,
    task: "embed",
    engineArguments: ["--runner", "pooling", "--trust-remote-code"],
    minimumVllm: "0.9.1",
  }),
  "nomic-embed-text-v2-moe": catalogEntry({
    name: "Nomic Embed v2 (475M, 305M active), multilingual",
    id: "nomic-ai/nomic-embed-text-v2-moe",
    revision: "1066b6599d099fbb93dfcb64f9c37a7c9e503e85",
    config: NOMIC_MOE,
    contextTokens: 512,
    published: 0.475,
    licence: APACHE,
    task: "embed",
    engineArguments: ["--runner", "pooling", "--trust-remote-code"],
    minimumVllm: "0.9.1",
  }),
  "qwen3-embedding-0.6b": catalogEntry({
    name: "Qwen3 Embedding 0.6B",
    id: "Qwen/Qwen3-Embedding-0.6B",
    revision: "c54f2e6e80b2d7b7de06f51cec4959f6b3e03418",
    config: qwen3("qwen3-0.6b"),
    contextTokens: 32_768,
    published: 0.596,
    licence: APACHE,
    task: "embed",
    minimumVllm: "0.8.5",
  }),
  "qwen3-embedding-4b": catalogEntry({
    name: "Qwen3 Embedding 4B",
    id: "Qwen/Qwen3-Embedding-4B",
    revision: "5cf2132abc99cad020ac570b19d031efec650f2b",
    config: qwen3("qwen3-4b"),
    contextTokens: 32_768,
    published: 4.02,
    licence: APACHE,
    task: "embed",
    minimumVllm: "0.8.5",
  }),
  "qwen3-embedding-8b": catalogEntry({
    name: "Qwen3 Embedding 8B",
    id: "Qwen/Qwen3-Embedding-8B",
    revision: "1d8ad4ca9b3dd8059ad90a75d4983776a23d44af",
    config: qwen3("qwen3-8b"),
    contextTokens: 32_768,
    published: 7.57,
    licence: APACHE,
    task: "embed",
    minimumVllm: "0.8.5",
  }),
  "bge-reranker-v2-m3": catalogEntry({
    name: "BGE reranker v2 M3, multilingual",
    id: "BAAI/bge-reranker-v2-m3",
    config: { ...BGE_M3, architecture: "XLMRobertaForSequenceClassification" },
    contextTokens: 8192,
    published: 0.568,
    licence: APACHE,
    task: "rerank",
    minimumVllm: "0.6.6",
  }),
  "qwen3-reranker-0.6b": catalogEntry({
    name: "Qwen3 Reranker 0.6B",
    id: "Qwen/Qwen3-Reranker-0.6B",
    revision: "6e9e69830b95c52b5fd889b7690dda3329508de3",
    config: qwen3("qwen3-0.6b"),
    contextTokens: 40_960,
    published: 0.596,
    licence: APACHE,
    task: "rerank",
    engineArguments: QWEN3_RERANKER,
    minimumVllm: "0.9.2",
  }),
  "qwen3-reranker-4b": catalogEntry({
    name: "Qwen3 Reranker 4B",
    id: "Qwen/Qwen3-Reranker-4B",
    revision: "f16fc5d5d2b9b1d0db8280929242745d79794ef5",
    config: qwen3("qwen3-4b"),
    contextTokens: 40_960,
    published: 4.02,
    licence: APACHE,
    task: "rerank",
    engineArguments: QWEN3_RERANKER,
    minimumVllm: "0.9.2",
  }),
} as const satisfies Record<string, CatalogModel>;
