import { SemanticIndex, type SemanticMatch } from "./semantic-index.ts";

/** Turns a text into its vector. May reject. */
export type Embed = (text: string, signal: AbortSignal) => Promise<Float32Array>;

export interface SemanticCacheOptions {
  readonly embed: Embed;
  /** Cosine at which two questions count as one. */
  readonly threshold: number;
  readonly maxEntries: number;
  /** A question whose vector takes longer is not compared. @default 500 */
  readonly timeoutMs?: number;
}

/** One question on its way: what it is like, and what is to be remembered once it was answered. */
export interface SemanticLookup {
  readonly match: SemanticMatch | undefined;
  /** Remembers that the answer of this question has this key. */
  remember(key: string): void;
}

const NOTHING: SemanticLookup = { match: undefined, remember: () => undefined };
const TIMEOUT_MS = 500;

/** Finds the answered question that means the same. Whatever goes wrong with the embedding is a miss. */
export class SemanticCache {
  readonly index: SemanticIndex;
  readonly #options: SemanticCacheOptions;

  constructor(options: SemanticCacheOptions) {
    this.index = new SemanticIndex(options.maxEntries);
    this.#options = options;
  }

  /** @param context what else has to be equal, the tenant included */
  async lookup(context: string, text: string, signal: AbortSignal): Promise<SemanticLookup> {
    const { embed, threshold, timeoutMs = TIMEOUT_MS } = this.#options;
    try {
      const vector = await embed(text, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]));
      return {
        match: this.index.nearest(context, vector, threshold),
        remember: (key) => this.index.add(context, vector, key),
      };
    } catch {
      return NOTHING;
    }
  }
}
