/** The models that Sluice can serve. Adding one is one entry here; `npm test` checks its arithmetic. */

export interface CatalogModel {
  readonly displayName: string;
  /** Repository of the weights, pinned to a commit. */
  readonly weights: { readonly hub: "huggingface"; readonly id: string; readonly revision: string };
  /** Parameters × bytes per weight, in GiB. */
  readonly weightsGiB: number;
  /** Context in tokens that the weights were trained for. */
  readonly contextTokens: number;
  /** KV cache bytes per token: 2 (K and V) × layers × KV heads × head size × 2 bytes. */
  readonly kvBytesPerToken: number;
  readonly licence: { readonly name: string; readonly url: string };
  /** Tokenizer repository, where it is not the weights' own. */
  readonly tokenizer?: string;
  /**
   * vLLM's parser of the model's tool calls (`--tool-call-parser`). @default - none: requests with tools are refused, since
   * vLLM refuses them without a parser
   */
  readonly toolCallParser?: string;
  /** vLLM's parser of the model's thinking (`--reasoning-parser`). @default - none: it does not think aloud */
  readonly reasoningParser?: string;
  /** vLLM arguments that this model needs everywhere. Size, parallelism and name are added by the pool. */
  readonly engineArguments: readonly string[];
  /** Source page of the figures. */
  readonly source: string;
}

export const MODELS = {
  "phi-3-mini-4k-instruct": {
    displayName: "Phi-3 mini (3.8B, 4k context)",
    weights: {
      hub: "huggingface",
      id: "microsoft/Phi-3-mini-4k-instruct",
      revision: "0a67737cc96d2554230f90338b163bc6380a2a85",
    },
    weightsGiB: 7.12, // 3.82e9 parameters × 2 bytes
    contextTokens: 4096,
    kvBytesPerToken: 393_216, // 2 × 32 layers × 32 heads × 96 × 2
    licence: { name: "MIT", url: "https://huggingface.co/microsoft/Phi-3-mini-4k-instruct/blob/main/LICENSE" },
    // Its chat template has no part for tools: with `tool_choice: "auto"` it responds with text, and a forced call is made
    // by vLLM's grammar (seen on vLLM 0.29.0 and 0.31.0 with a template without tools).
    toolCallParser: "hermes",
    engineArguments: ["--enable-prefix-caching"],
    source: "https://huggingface.co/microsoft/Phi-3-mini-4k-instruct/blob/main/config.json",
  },
  "phi-3-medium-4k-instruct": {
    displayName: "Phi-3 medium (14B, 4k context)",
    weights: {
      hub: "huggingface",
      id: "microsoft/Phi-3-medium-4k-instruct",
      revision: "ae004ae82eb6eddc32906dfacb1d6dfea8f91996",
    },
    weightsGiB: 26.0, // 13.96e9 parameters × 2 bytes
    contextTokens: 4096,
    kvBytesPerToken: 204_800, // 2 × 40 layers × 10 KV heads × 128 × 2
    licence: { name: "MIT", url: "https://huggingface.co/microsoft/Phi-3-medium-4k-instruct/blob/main/LICENSE" },
    engineArguments: ["--enable-prefix-caching"],
    source: "https://huggingface.co/microsoft/Phi-3-medium-4k-instruct/blob/main/config.json",
  },
  "llama-3.3-70b-instruct": {
    displayName: "Llama 3.3 70B Instruct",
    weights: {
      hub: "huggingface",
      id: "meta-llama/Llama-3.3-70B-Instruct",
      revision: "6f6073b423013f6a7d4d9f39144961bfbfbc386b",
    },
    weightsGiB: 131.4, // 70.55e9 parameters × 2 bytes
    contextTokens: 131_072,
    kvBytesPerToken: 327_680, // 2 × 80 layers × 8 KV heads × 128 × 2
    licence: {
      name: "Llama 3.3 Community License",
      url: "https://huggingface.co/meta-llama/Llama-3.3-70B-Instruct/blob/main/LICENSE",
    },
    toolCallParser: "llama3_json",
    engineArguments: ["--enable-prefix-caching", "--enable-chunked-prefill"],
    source: "https://huggingface.co/meta-llama/Llama-3.3-70B-Instruct/blob/main/config.json",
  },
} as const satisfies Record<string, CatalogModel>;

export type ModelId = keyof typeof MODELS;
export const MODEL_IDS = Object.keys(MODELS) as [ModelId, ...ModelId[]];

/** The entry of a model, typed without the literal values. */
export function catalogModel(id: ModelId): CatalogModel {
  return MODELS[id];
}
