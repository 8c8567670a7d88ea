import type { LlamaEmbeddingContext, LlamaModel, Token } from "node-llama-cpp";
import { tokenizeInPieces } from "../prompt/long-text.ts";

export interface EmbedderOptions {
  /** Loads the model for the first request: it takes memory, and most engines never get such a request. */
  readonly loadModel: () => Promise<LlamaModel>;
  /** Longest input in tokens; the model's own may be shorter. */
  readonly contextTokens: number;
  readonly threads: number;
}

/** Computes vectors of texts, in a context separate from that of the generating model. */
export class Embedder {
  readonly #options: EmbedderOptions;
  #open: Promise<OpenEmbedder> | null = null;

  constructor(options: EmbedderOptions) {
    this.#options = options;
  }

  open(): Promise<OpenEmbedder> {
    this.#open ??= this.#load().catch((error: unknown) => {
      this.#open = null;
      throw error;
    });
    return this.#open;
  }

  async #load(): Promise<OpenEmbedder> {
    const { loadModel, threads } = this.#options;
    const model = await loadModel();
    const contextTokens = Math.min(this.#options.contextTokens, model.trainContextSize);
    const context = await model.createEmbeddingContext({
      contextSize: contextTokens,
      batchSize: Math.min(512, contextTokens),
      threads,
    });
    return new OpenEmbedder(model, context, contextTokens);
  }
}

/** An embedding model in memory. Its tokens differ from those of the generating model. */
export class OpenEmbedder {
  /** Longest input in tokens. */
  readonly maxModelLength: number;
  readonly #model: LlamaModel;
  readonly #context: LlamaEmbeddingContext;
  readonly #vocabularySize: number;

  constructor(model: LlamaModel, context: LlamaEmbeddingContext, contextTokens: number) {
    this.maxModelLength = contextTokens;
    this.#model = model;
    this.#context = context;
    this.#vocabularySize = [...model.iterateAllTokens()].length;
  }

  /**
   * Tokens of a text in which nothing is special, without the model's own beginning and end.
   * @returns `undefined` for more than the context has
   */
  tokenize(text: string): Promise<Token[] | undefined> {
    return tokenizeInPieces([text], this.maxModelLength, (piece) => this.#model.tokenize(piece, false));
  }

  isToken(id: number): id is Token {
    return Number.isInteger(id) && id >= 0 && id < this.#vocabularySize;
  }

  /**
   * The vector of one input, of length 1, and how many tokens were read (the model's own beginning and end included).
   * Null when the input is too long. Inputs are computed one after the other, and one that has begun can't be aborted.
   */
  async embed(
    tokens: readonly Token[],
  ): Promise<{ readonly vector: readonly number[]; readonly tokens: number } | null> {
    const count = this.#context.calculateInputLength([...tokens]);
    if (count >= this.maxModelLength) return null;
    const { vector } = await this.#context.getEmbeddingFor([...tokens]);
    return { vector: normalized(vector), tokens: count };
  }
}

/** Scaled to length 1, so that a dot product is the cosine. */
export function normalized(vector: readonly number[]): readonly number[] {
  const length = Math.hypot(...vector);
  return length === 0 ? vector : vector.map((value) => value / length);
}
