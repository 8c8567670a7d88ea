import { FailurePauses } from "./failure-pauses.ts";
import { SemanticIndex, type SemanticMatch } from "./semantic-index.ts";

/** Turns a text into its vector. May reject. */
export type Embed = (text: string, signal: AbortSignal) => Promise<Float32Array>;

export interface SemanticCacheOptions {
  readonly embed: Embed;
  /** Cosine from which two prompts count as equivalent. */
  readonly threshold: number;
  readonly maxEntries: number;
  /** A prompt whose vector takes longer is not compared. @default 500 */
  readonly timeoutMs?: number;
  /** Milliseconds of a monotonic clock. @default - performance.now */
  readonly now?: (() => number) | undefined;
}

/** The lookup of one prompt: its match, and how its own response is remembered. */
export interface SemanticLookup {
  readonly match: SemanticMatch | undefined;
  /** Remembers the key under which this prompt's response is stored. */
  remember(key: string): void;
}

const NOTHING: SemanticLookup = { match: undefined, remember: () => undefined };
const TIMEOUT_MS = 500;

/**
 * Finds an equivalent prompt with a stored response. Any failure of the embedding is a miss; a model that fails again and
 * again is not waited for.
 */
export class SemanticCache {
  readonly index: SemanticIndex;
  readonly #options: SemanticCacheOptions;
  readonly #pauses: FailurePauses;

  constructor(options: SemanticCacheOptions) {
    this.index = new SemanticIndex(options.maxEntries);
    this.#options = options;
    this.#pauses = new FailurePauses(options.now ?? (() => performance.now()));
  }

  /** @param context what else has to be equal, the tenant included */
  async lookup(context: string, text: string, signal: AbortSignal): Promise<SemanticLookup> {
    const { embed, threshold, timeoutMs = TIMEOUT_MS } = this.#options;
    if (!this.#pauses.mayCall()) return NOTHING;
    try {
      const vector = await embed(text, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]));
      this.#pauses.ended("worked");
      return {
        match: this.index.nearest(context, vector, threshold),
        remember: (key) => this.index.add(context, vector, key),
      };
    } catch {
      this.#pauses.ended(signal.aborted ? "none" : "failed");
      return NOTHING;
    }
  }
}
