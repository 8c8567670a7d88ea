import type { ParameterCount } from "./parameter-count.ts";

/** How weights are stored. */
export const WEIGHT_FORMATS = ["bf16", "fp8", "awq", "gptq", "mxfp4", "gguf-q8", "gguf-q4"] as const;
export type WeightFormat = (typeof WEIGHT_FORMATS)[number];

/** Bits of a weight of the linear layers, with the scales of its group. */
interface FormatEntry {
  readonly bits: number;
  /** First CUDA compute capability that vLLM computes with the format; `undefined` for CPUs alone. */
  readonly computeCapability?: number;
  /** What the format leaves in 16 bits beside the embeddings. */
  readonly leaves: "nothing" | "all but experts" | "nothing, embeddings included";
}

/**
 * Capabilities: `get_min_capability` of vLLM 0.29's quantisations. bf16: vLLM's oldest, which computes in half.
 * awq and gptq: 4 bits, and for each group of 128 a scale of 16 and a zero point of 4. mxfp4: 4 bits and a scale of 8 for
 * each 32. GGUF: llama.cpp's tables of Q8_0 and Q4_K_M.
 */
const FORMATS: Readonly<Record<WeightFormat, FormatEntry>> = {
  bf16: { bits: 16, computeCapability: 7.5, leaves: "nothing" },
  fp8: { bits: 8, computeCapability: 7.5, leaves: "nothing" },
  awq: { bits: 4 + 20 / 128, computeCapability: 7.5, leaves: "nothing" },
  gptq: { bits: 4 + 20 / 128, computeCapability: 7.5, leaves: "nothing" },
  mxfp4: { bits: 4 + 8 / 32, computeCapability: 8.0, leaves: "all but experts" },
  "gguf-q8": { bits: 8.5, leaves: "nothing, embeddings included" },
  "gguf-q4": { bits: 4.89, leaves: "nothing, embeddings included" },
};

const GIB = 1024 ** 3;

/** Size of a model's weights in a format, in GiB. */
export function weightsGiB({ embeddings, linear, experts, vision }: ParameterCount, format: WeightFormat): number {
  const { bits, leaves } = FORMATS[format];
  const whole = leaves === "nothing, embeddings included" ? 0 : embeddings + vision;
  const left = leaves === "all but experts" ? linear + whole : whole;
  const quantised = embeddings + vision + linear + experts - left;
  return rounded((left * 16 + quantised * bits) / 8 / GIB);
}

/** First compute capability that has the format; `undefined` for a format of CPUs. */
export function capabilityOf(format: WeightFormat): number | undefined {
  return FORMATS[format].computeCapability;
}

function rounded(gib: number): number {
  return Number(gib.toPrecision(4));
}
