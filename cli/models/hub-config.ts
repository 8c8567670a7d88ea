import * as z from "zod";
import type { Experts, LatentAttention, LinearAttention, ModelConfig } from "../../catalog/models/model-config.ts";
import type { WeightFormat } from "../../catalog/models/weight-format.ts";
import { UserError } from "../terminal/user-error.ts";

const count = z.number().int().min(0).nullish();

/** The fields of the text part of a config.json that say how large a model is. */
const TextConfig = z.object({
  model_type: z.string().nullish(),
  num_hidden_layers: z.number().int().min(1),
  hidden_size: z.number().int().min(1),
  vocab_size: z.number().int().min(1),
  num_attention_heads: z.number().int().min(1),
  num_key_value_heads: count,
  head_dim: count,
  intermediate_size: count,
  max_position_embeddings: count,
  tie_word_embeddings: z.boolean().nullish(),
  sliding_window: count,
  layer_types: z.array(z.string()).nullish(),
  num_local_experts: count,
  num_experts: count,
  n_routed_experts: count,
  num_experts_per_tok: count,
  moe_intermediate_size: count,
  shared_expert_intermediate_size: count,
  n_shared_experts: count,
  first_k_dense_replace: count,
  interleave_moe_layer_step: count,
  decoder_sparse_step: count,
  kv_lora_rank: count,
  q_lora_rank: count,
  qk_nope_head_dim: count,
  qk_rope_head_dim: count,
  v_head_dim: count,
  linear_num_key_heads: count,
  linear_num_value_heads: count,
  linear_value_head_dim: count,
  attn_output_gate: z.boolean().nullish(),
});
type TextConfig = z.infer<typeof TextConfig>;

const Quantisation = z.object({
  quant_method: z.string().nullish(),
  bits: z.number().nullish(),
  config_groups: z
    .record(z.string(), z.object({ weights: z.object({ num_bits: z.number().nullish() }).nullish() }))
    .nullish(),
});

const HubConfig = z.object({
  architectures: z.array(z.string()).min(1),
  text_config: z.unknown().optional(),
  vision_config: z.unknown().optional(),
  tie_word_embeddings: z.boolean().nullish(),
  quantization_config: Quantisation.nullish(),
});

/** What a config.json says, in the catalogue's names. */
export interface ReadConfig {
  /** Without the vision part's parameters, which config.json does not count. */
  readonly config: ModelConfig;
  readonly hasVision: boolean;
  readonly contextTokens: number;
  readonly format: WeightFormat;
}

/**
 * Reads a config.json of the hub.
 * @throws {UserError} when a field that the size depends on is missing, or the weights have an unknown format
 */
export function readHubConfig(json: unknown): ReadConfig {
  const whole = HubConfig.safeParse(json);
  const text = TextConfig.safeParse(whole.data?.text_config ?? json);
  const issue = whole.error?.issues[0] ?? text.error?.issues[0];
  if (!whole.success || !text.success || issue)
    throw new UserError(
      `config.json has no usable ${issue?.path.join(".") ?? "fields"} (${issue?.message ?? "not an object"}); ` +
        "write the entry by hand: docs/how-to/add-a-model.md.",
    );
  const [architecture = ""] = whole.data.architectures;
  const { data } = text;
  const isEncoder = /^(Bert|XLMRoberta|NomicBert|Roberta)/.test(architecture);
  return {
    config: {
      architecture,
      layers: data.num_hidden_layers,
      hidden: data.hidden_size,
      vocabulary: data.vocab_size,
      ...(isTied(whole.data.tie_word_embeddings, data) && !isEncoder ? { tied: true } : {}),
      ...attentionOf(data),
      ...feedForwardOf(data),
      ...(isEncoder
        ? { feedForwardMatrices: 2 as const, positions: data.max_position_embeddings ?? 0, hasOutputLayer: false }
        : {}),
    },
    hasVision: whole.data.vision_config !== undefined,
    contextTokens: data.max_position_embeddings ?? 2048,
    format: formatOf(whole.data.quantization_config ?? undefined),
  };
}

/** Where config.json has no word of it, transformers ties Gemma's embeddings and those of few others. */
function isTied(
  whole: boolean | null | undefined,
  { tie_word_embeddings: own, model_type: type }: TextConfig,
): boolean {
  return whole ?? own ?? /^gemma/.test(type ?? "");
}

function attentionOf(text: TextConfig): Pick<ModelConfig, "heads" | "kvHeads" | "headSize"> & Partial<ModelConfig> {
  const heads = text.num_attention_heads;
  const windowed = (text.layer_types ?? []).filter((type) => type === "sliding_attention").length;
  const latent = latentOf(text);
  const linear = linearOf(text);
  return {
    heads,
    kvHeads: text.num_key_value_heads ?? heads,
    headSize: text.head_dim ?? latent?.plainSize ?? Math.floor(text.hidden_size / heads),
    ...(windowed > 0 && text.sliding_window ? { window: { tokens: text.sliding_window, layers: windowed } } : {}),
    ...(latent ? { latent } : {}),
    ...(linear ? { linear } : {}),
    ...(text.attn_output_gate || /^qwen3_(next|5)/.test(text.model_type ?? "") ? { gatedAttention: true } : {}),
  };
}

function latentOf(text: TextConfig): LatentAttention | undefined {
  if (!text.kv_lora_rank) return undefined;
  return {
    kvRank: text.kv_lora_rank,
    queryRank: text.q_lora_rank ?? 0,
    plainSize: text.qk_nope_head_dim ?? 0,
    positionSize: text.qk_rope_head_dim ?? 0,
    valueSize: text.v_head_dim ?? 0,
  };
}

function linearOf(text: TextConfig): LinearAttention | undefined {
  const layers = (text.layer_types ?? []).filter((type) => type === "linear_attention").length;
  if (layers === 0) return undefined;
  return {
    layers,
    keyHeads: text.linear_num_key_heads ?? 0,
    valueHeads: text.linear_num_value_heads ?? 0,
    headSize: text.linear_value_head_dim ?? 0,
  };
}

function feedForwardOf(text: TextConfig): Pick<ModelConfig, "feedForward"> & Partial<ModelConfig> {
  const experts = text.num_local_experts ?? text.num_experts ?? text.n_routed_experts ?? 0;
  const wide = text.intermediate_size ?? 0;
  if (experts === 0) return { feedForward: wide };
  const width = text.moe_intermediate_size ?? wide;
  const shared = text.shared_expert_intermediate_size ?? (text.n_shared_experts ?? 0) * width;
  const every = text.interleave_moe_layer_step ?? text.decoder_sparse_step ?? 1;
  const denseLayers = text.first_k_dense_replace ?? 0;
  const entry: Experts = {
    count: experts,
    perToken: text.num_experts_per_tok ?? 1,
    width,
    ...(shared > 0 ? { shared } : {}),
    ...(denseLayers > 0 ? { denseLayers } : {}),
    ...(every > 1 ? { every } : {}),
  };
  return { feedForward: denseLayers > 0 || every > 1 ? wide : 0, experts: entry };
}

function formatOf(quantisation: z.infer<typeof Quantisation> | undefined): WeightFormat {
  if (quantisation === undefined) return "bf16";
  const { quant_method: method, bits, config_groups: groups } = quantisation;
  const [group] = Object.values(groups ?? {});
  const width = bits ?? group?.weights?.num_bits;
  if (method === "fp8" || (method === "compressed-tensors" && width === 8)) return "fp8";
  if (method === "mxfp4") return "mxfp4";
  if (method === "awq" && width === 4) return "awq";
  if ((method === "gptq" || method === "compressed-tensors") && width === 4) return "gptq";
  throw new UserError(
    `The weights are quantised by ${method ?? "an unnamed method"} (${width ?? "unknown"} bits), which the catalogue does not ` +
      "know; use a repository in 16 bits, FP8, AWQ, GPTQ or MXFP4.",
  );
}
