/** What a model's config.json says of its size, in our names. All counts are of the whole model. */
export interface ModelConfig {
  /** First of `architectures`: the name by which vLLM knows the code of the model. */
  readonly architecture: string;
  readonly layers: number;
  readonly hidden: number;
  readonly vocabulary: number;
  /** Whether the output layer uses the embeddings' weights. @default false */
  readonly tied?: boolean;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headSize: number;
  /** Width of the feed-forward part of a layer without experts; 0 when every layer has experts. */
  readonly feedForward: number;
  /** Matrices of a feed-forward part: 3 with a gate, 2 without one. @default 3 */
  readonly feedForwardMatrices?: 2 | 3;
  readonly experts?: Experts;
  /** Layers that attend to the last tokens only. @default - every layer attends to the whole context */
  readonly window?: { readonly tokens: number; readonly layers: number };
  /** Attention over a compressed cache (MLA), in place of `kvHeads` and `headSize`. */
  readonly latent?: LatentAttention;
  /** Layers with a state of fixed size in place of a KV cache (gated delta rule). */
  readonly linear?: LinearAttention;
  /** Whether attention has a gate as wide as its query. @default false */
  readonly gatedAttention?: boolean;
  /** Global layers with other KV heads than the others, and one projection for keys and values (Gemma 4). */
  readonly global?: { readonly layers: number; readonly kvHeads: number; readonly headSize: number };
  /** Learned positions, of encoders. @default 0 */
  readonly positions?: number;
  /** Whether the model ends in an output layer over the vocabulary. @default true */
  readonly hasOutputLayer?: boolean;
  /** Parameters of the vision part, with what joins it to the text part. @default 0 */
  readonly visionParameters?: number;
}

/** A layer's experts, of which a router chooses some for each token. */
export interface Experts {
  readonly count: number;
  readonly perToken: number;
  /** Width of one expert. */
  readonly width: number;
  /** Width of the experts that every token uses, together. @default 0 */
  readonly shared?: number;
  /** First layers, which have a feed-forward part instead. @default 0 */
  readonly denseLayers?: number;
  /** Every how many layers there are experts; the others have a feed-forward part. @default 1 */
  readonly every?: number;
}

/** Ranks and sizes of multi-head latent attention. */
export interface LatentAttention {
  readonly kvRank: number;
  /** 0 where queries are not compressed. */
  readonly queryRank: number;
  /** Part of a head without and with positions, and of its value. */
  readonly plainSize: number;
  readonly positionSize: number;
  readonly valueSize: number;
}

/** Layers of linear attention, and their heads. */
export interface LinearAttention {
  readonly layers: number;
  readonly keyHeads: number;
  readonly valueHeads: number;
  readonly headSize: number;
}
