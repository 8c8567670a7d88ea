import type { Sampling } from "./sampling.ts";

/**
 * Chooses tokens from the model's whole distribution. Used where a request wants log probabilities: llama.cpp reports
 * them only after its own filters, so for those requests the choice is made here, from the unfiltered ones.
 */
export class TokenSampler<Token extends number> {
  readonly #sampling: Sampling;
  readonly #prompt: readonly Token[];
  readonly #counts = new Map<number, number>();
  readonly #random: () => number;

  constructor(sampling: Sampling, seed: number, prompt: readonly Token[]) {
    this.#sampling = sampling;
    this.#prompt = prompt;
    this.#random = mulberry32(seed);
  }

  /** `probabilities` are sorted, the most likely token first, and sum to 1. Null when there are none. */
  choose(probabilities: ReadonlyMap<Token, number>): Token | null {
    const chosen = this.#draw(this.#adjust(probabilities));
    if (chosen !== null) this.#counts.set(chosen, (this.#counts.get(chosen) ?? 0) + 1);
    return chosen;
  }

  /** Logits after bias and penalties, highest first. */
  #adjust(probabilities: ReadonlyMap<Token, number>): Candidate<Token>[] {
    const { logitBias, repetitionPenalty, presencePenalty, frequencyPenalty, temperature } = this.#sampling;
    const penalized = repetitionPenalty !== 1 || presencePenalty !== 0 || frequencyPenalty !== 0;
    const adjusted = logitBias.size > 0 || penalized;
    const candidates: Candidate<Token>[] = [];
    const seen = new Set<number>(repetitionPenalty === 1 ? [] : this.#prompt);
    for (const [token, probability] of probabilities) {
      if (probability <= 0 && !logitBias.has(token)) continue;
      let logit = Math.log(Math.max(probability, Number.MIN_VALUE)) + (logitBias.get(token) ?? 0);
      const count = this.#counts.get(token) ?? 0;
      // Log probabilities are negative logits: a penalty above 1 multiplies them.
      if (count > 0 || seen.has(token)) logit *= repetitionPenalty;
      if (count > 0) logit -= count * frequencyPenalty + presencePenalty;
      candidates.push({ token, logit });
      if (!adjusted && temperature === 0) break;
    }
    return adjusted ? candidates.sort((a, b) => b.logit - a.logit) : candidates;
  }

  /** The filters in llama.cpp's order: top_k, top_p, min_p, temperature. */
  #draw(sorted: readonly Candidate<Token>[]): Token | null {
    const { temperature, topK, topP, minP } = this.#sampling;
    const best = sorted[0];
    if (best === undefined || temperature === 0) return best?.token ?? null;
    const likeliest = topK > 0 ? sorted.slice(0, topK) : sorted;
    const weights = likeliest.map(({ logit }) => Math.exp(logit - best.logit));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    let mass = 0;
    let size = 0;
    for (const weight of weights) {
      if (size > 0 && (mass >= topP * total || weight < minP)) break;
      mass += weight;
      size += 1;
    }
    const tempered = likeliest.slice(0, size).map(({ logit }) => Math.exp((logit - best.logit) / temperature));
    let left = this.#random() * tempered.reduce((sum, weight) => sum + weight, 0);
    for (const [index, weight] of tempered.entries()) {
      left -= weight;
      if (left < 0) return likeliest[index]?.token ?? best.token;
    }
    return best.token;
  }
}

interface Candidate<Token> {
  readonly token: Token;
  readonly logit: number;
}

/** A small generator of 32-bit state; quality enough to draw words, and the same on every machine. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
