import type { LlamaEmbeddingContext, LlamaModel, Token } from "node-llama-cpp";

export interface EmbedderOptions {
  readonly model: LlamaModel;
  /** Longest input in tokens. */
  readonly contextTokens: number;
  readonly threads: number;
}

/** Computes vectors of texts with the loaded model, in a context of its own beside that of the answers. */
export class Embedder {
  readonly #options: EmbedderOptions;
  #context: Promise<LlamaEmbeddingContext> | null = null;

  constructor(options: EmbedderOptions) {
    this.#options = options;
  }

  /**
   * The vector of one input, of length 1, and how many tokens were read (the model's own beginning and end included).
   * Null when the input is too long. Inputs are computed one after the other, and one that has begun can't be aborted.
   */
  async embed(
    tokens: readonly Token[],
  ): Promise<{ readonly vector: readonly number[]; readonly tokens: number } | null> {
    const context = await this.#open();
    const count = context.calculateInputLength([...tokens]);
    if (count >= this.#options.contextTokens) return null;
    const { vector } = await context.getEmbeddingFor([...tokens]);
    return { vector: normalized(vector), tokens: count };
  }

  /** Made by the first request: its memory is as much as a slot's, and most engines are never asked. */
  #open(): Promise<LlamaEmbeddingContext> {
    const { model, contextTokens, threads } = this.#options;
    this.#context ??= model.createEmbeddingContext({
      contextSize: contextTokens,
      batchSize: Math.min(512, contextTokens),
      threads,
    });
    return this.#context;
  }
}

/** Scaled to length 1, so that a dot product is the cosine. */
export function normalized(vector: readonly number[]): readonly number[] {
  const length = Math.hypot(...vector);
  return length === 0 ? vector : vector.map((value) => value / length);
}
