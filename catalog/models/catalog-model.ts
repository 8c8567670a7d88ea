import { cacheBytes, type KvCache, kvCacheOf } from "./kv-cache.ts";
import type { ModelConfig } from "./model-config.ts";
import { type ParameterCount, parameterCount } from "./parameter-count.ts";
import { type WeightFormat, weightsGiB } from "./weight-format.ts";

export interface Licence {
  readonly name: string;
  readonly url: string;
}

/** Weights on the hub, or of your own. */
export interface Weights {
  /** `none`: no hub has them; each pool names their bucket (`weights.s3`). */
  readonly hub: "huggingface" | "none";
  /** Repository of the hub, or the name of your own weights. */
  readonly id: string;
  /** Commit of the repository; `main` where none is known. */
  readonly revision: string;
  /**
   * What holds the weights to one version: the commit; or, with `main`, the signed manifest of the copy in the bucket
   * (ami/README.md), which every engine checks. A commit is written by `sluice models add ID --revision COMMIT`.
   */
  readonly pinnedBy: "commit" | "manifest";
}

export interface CatalogModel {
  readonly displayName: string;
  readonly weights: Weights;
  /** Size of the weights, computed from `config` and `format`. */
  readonly weightsGiB: number;
  /** Context in tokens that the weights were trained for. */
  readonly contextTokens: number;
  /** KV cache bytes per token while every layer caches it: 2 (K and V) × layers × KV heads × head size × 2 bytes. */
  readonly kvBytesPerToken: number;
  readonly kvCache: KvCache;
  readonly licence: Licence;
  /** Tokenizer repository, where it is not the weights' own. */
  readonly tokenizer?: string;
  /**
   * vLLM's parser of the model's tool calls (`--tool-call-parser`). @default - none: requests with tools are refused, since
   * vLLM refuses them without a parser
   */
  readonly toolCallParser?: string;
  /** vLLM's parser of the model's thinking (`--reasoning-parser`). @default - none: it does not think aloud */
  readonly reasoningParser?: string;
  /** Whether its chat template reads `reasoning_effort`. @default false */
  readonly takesReasoningEffort?: boolean;
  /** vLLM arguments that this model needs everywhere. Size, parallelism and name are added by the pool. */
  readonly engineArguments: readonly string[];
  /** Page of the configuration; of your own weights, `file:` and their name. */
  readonly source: string;
  /** What it does: completions, embeddings, or scores of texts for a query. */
  readonly task: "generate" | "embed" | "rerank";
  /** Whether prompts may have images. */
  readonly seesImages: boolean;
  readonly config: ModelConfig;
  readonly parameters: ParameterCount;
  /** Parameters as its authors publish them. */
  readonly publishedParameters: number;
  /** How its weights are stored. */
  readonly format: WeightFormat;
  /** Other repositories of the same model, by the format of their weights. */
  readonly variants: readonly ModelVariant[];
  /** First version of vLLM that serves it, by its card or vLLM's release notes. */
  readonly minimumVllm: string;
  /** What its chat template does or lacks. @default - nothing to know */
  readonly chatTemplate?: string;
}

export interface ModelVariant {
  readonly format: WeightFormat;
  readonly id: string;
}

/** An entry as it is written: what cannot be computed. */
export interface ModelEntry {
  readonly name: string;
  readonly id: string;
  /** @default "huggingface" */
  readonly hub?: Weights["hub"];
  /** Commit of the weights. @default - the manifest of the bucket's copy pins them */
  readonly revision?: string;
  readonly config: ModelConfig;
  readonly contextTokens: number;
  /** In billions. */
  readonly published: number;
  readonly licence: string | Licence;
  readonly minimumVllm: string;
  /** @default "generate" */
  readonly task?: CatalogModel["task"];
  /** @default "bf16" */
  readonly format?: WeightFormat;
  readonly variants?: readonly ModelVariant[];
  readonly toolCallParser?: string;
  readonly reasoningParser?: string;
  readonly takesReasoningEffort?: boolean;
  /** @default - those of the task */
  readonly engineArguments?: readonly string[];
  readonly chatTemplate?: string;
}

/** Encoders keep no cache: they read a text at once. */
const ENCODERS = /^(Bert|XLMRoberta|NomicBert|Roberta)/;

/** The catalogue's entry: sizes are computed from the configuration. */
export function catalogEntry(entry: ModelEntry): CatalogModel {
  const { name, id, hub = "huggingface", revision, config, contextTokens, task = "generate", format = "bf16" } = entry;
  const page = hub === "none" ? `file:${id}` : `https://huggingface.co/${id}/blob/main`;
  const parameters = parameterCount(config);
  const kvCache = ENCODERS.test(config.architecture) ? { bytesPerToken: 0, heads: config.kvHeads } : kvCacheOf(config);
  return {
    displayName: name,
    weights: { hub, id, revision: revision ?? "main", pinnedBy: revision ? "commit" : "manifest" },
    weightsGiB: weightsGiB(parameters, format),
    contextTokens,
    kvBytesPerToken: cacheBytes({ ...kvCache, stateBytes: 0 }, 1),
    kvCache,
    licence: typeof entry.licence === "string" ? { name: entry.licence, url: `${page}/README.md` } : entry.licence,
    ...(entry.toolCallParser === undefined ? {} : { toolCallParser: entry.toolCallParser }),
    ...(entry.reasoningParser === undefined ? {} : { reasoningParser: entry.reasoningParser }),
    ...(entry.takesReasoningEffort === undefined ? {} : { takesReasoningEffort: entry.takesReasoningEffort }),
    engineArguments:
      entry.engineArguments ?? (task === "generate" ? ["--enable-prefix-caching"] : ["--runner", "pooling"]),
    source: `${page}/config.json`,
    task,
    seesImages: (config.visionParameters ?? 0) > 0,
    config,
    parameters,
    publishedParameters: entry.published * 1e9,
    format,
    variants: entry.variants ?? [],
    minimumVllm: entry.minimumVllm,
    ...(entry.chatTemplate === undefined ? {} : { chatTemplate: entry.chatTemplate }),
  };
}
