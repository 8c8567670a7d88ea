import { randomInt } from "node:crypto";
import type { SamplingDefaults } from "../models/local-models.ts";

/** How the next token is chosen, with every default filled in. */
export interface Sampling {
  /** 0: always the most likely token. */
  readonly temperature: number;
  readonly topP: number;
  /** 0: all tokens. */
  readonly topK: number;
  readonly minP: number;
  readonly presencePenalty: number;
  readonly frequencyPenalty: number;
  /** 1: none. */
  readonly repetitionPenalty: number;
  /** Added to the logit of a token id. */
  readonly logitBias: ReadonlyMap<number, number>;
  /** 32 bits; null for a random one per completion. */
  readonly seed: number | null;
}

/** The sampling fields of a request (`contracts/api/sampling.ts` and vLLM's `min_p`). */
export interface SamplingFields {
  readonly temperature?: number | null | undefined;
  readonly top_p?: number | null | undefined;
  readonly top_k?: number | null | undefined;
  readonly min_p?: number | null | undefined;
  readonly presence_penalty?: number | null | undefined;
  readonly frequency_penalty?: number | null | undefined;
  readonly repetition_penalty?: number | null | undefined;
  readonly logit_bias?: Readonly<Record<string, number>> | null | undefined;
  readonly seed?: number | null | undefined;
}

export function readSampling(fields: SamplingFields, defaults: SamplingDefaults): Sampling {
  const bias = Object.entries(fields.logit_bias ?? {}).map(([id, value]): [number, number] => [Number(id), value]);
  return {
    temperature: fields.temperature ?? defaults.temperature,
    topP: fields.top_p ?? defaults.topP,
    topK: Math.max(0, fields.top_k ?? defaults.topK),
    minP: fields.min_p ?? 0,
    presencePenalty: fields.presence_penalty ?? 0,
    frequencyPenalty: fields.frequency_penalty ?? 0,
    repetitionPenalty: fields.repetition_penalty ?? defaults.repetitionPenalty,
    logitBias: new Map(bias),
    seed: fields.seed == null ? null : Number(BigInt.asUintN(32, BigInt(fields.seed))),
  };
}

/** The seed of one choice among several: choices of a request differ, and the same request repeats. */
export function seedOfChoice(seed: number | null, choice: number): number {
  const value = seed === null ? randomInt(2 ** 32 - 1) : (seed + choice) % 2 ** 32;
  // llama.cpp takes 0xFFFFFFFF for "any".
  return value === 0xffffffff ? 0 : value;
}
