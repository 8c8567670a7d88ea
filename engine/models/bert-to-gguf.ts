import { open, readFile } from "node:fs/promises";

/** The parts of a sentence-transformers model of BERT's architecture. */
export interface BertSource {
  /** `model.safetensors`. */
  readonly weights: string;
  /** `vocab.txt`: one token per line. */
  readonly vocabulary: string;
  readonly name: string;
  readonly layers: number;
  readonly heads: number;
  /** Longest input it was trained for, in tokens. */
  readonly contextTokens: number;
  readonly epsilon: number;
}

/** Numbers of the GGUF format, version 3 (ggml's docs/gguf.md). */
const VALUE = { uint32: 4, int32: 5, float32: 6, bool: 7, string: 8, array: 9 } as const;
const TYPE = { F32: 0, F16: 1 } as const;
const ALIGNMENT = 32;
/** llama.cpp's kinds of tokens. */
const NORMAL = 1;
const CONTROL = 3;
const MEAN_POOLING = 1;

/** llama.cpp's names of BERT's tensors; `#` stands for a layer's number. */
const NAMES: Readonly<Record<string, string>> = {
  "embeddings.word_embeddings": "token_embd",
  "embeddings.position_embeddings": "position_embd",
  "embeddings.token_type_embeddings": "token_types",
  "embeddings.LayerNorm": "token_embd_norm",
  "encoder.layer.#.attention.self.query": "blk.#.attn_q",
  "encoder.layer.#.attention.self.key": "blk.#.attn_k",
  "encoder.layer.#.attention.self.value": "blk.#.attn_v",
  "encoder.layer.#.attention.output.dense": "blk.#.attn_output",
  "encoder.layer.#.attention.output.LayerNorm": "blk.#.attn_output_norm",
  "encoder.layer.#.intermediate.dense": "blk.#.ffn_up",
  "encoder.layer.#.output.dense": "blk.#.ffn_down",
  "encoder.layer.#.output.LayerNorm": "blk.#.layer_output_norm",
};

/** Writes the model as a GGUF file that llama.cpp loads: matrices in half precision, all else in single. */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: a table of the file's metadata
export async function writeBertGguf(source: BertSource, to: string): Promise<void> {
  const file = await readFile(source.weights);
  const tensors = readSafetensors(file).flatMap(({ name, shape, values }) => {
    const known = ggufName(name);
    if (known === undefined) return [];
    const isHalf = shape.length > 1 && !/^(position_embd|token_types)/.test(known);
    return [
      { name: known, shape, type: isHalf ? TYPE.F16 : TYPE.F32, data: isHalf ? halves(values) : bytesOf(values) },
    ];
  });
  const size = (name: string, axis: number) => tensors.find((tensor) => tensor.name === name)?.shape[axis] ?? 0;
  const pieces = (await readFile(source.vocabulary, "utf8")).trimEnd().split("\n");
  const id = (piece: string) => u32(pieces.indexOf(piece));
  const metadata: readonly (readonly [string, Buffer])[] = [
    ["general.architecture", text("bert")],
    ["general.name", text(source.name)],
    ["general.file_type", u32(1)],
    ["bert.block_count", u32(source.layers)],
    ["bert.context_length", u32(source.contextTokens)],
    ["bert.embedding_length", u32(size("token_embd.weight", 1))],
    ["bert.feed_forward_length", u32(size("blk.0.ffn_up.weight", 0))],
    ["bert.attention.head_count", u32(source.heads)],
    ["bert.attention.layer_norm_epsilon", f32(source.epsilon)],
    ["bert.attention.causal", Buffer.concat([int(VALUE.bool), Buffer.from([0])])],
    ["bert.pooling_type", u32(MEAN_POOLING)],
    ["tokenizer.ggml.model", text("bert")],
    ["tokenizer.ggml.pre", text("default")],
    ["tokenizer.ggml.token_type_count", u32(size("token_types.weight", 0))],
    [
      "tokenizer.ggml.tokens",
      array(
        VALUE.string,
        pieces.map((piece) => string(ggufPiece(piece))),
      ),
    ],
    [
      "tokenizer.ggml.token_type",
      array(
        VALUE.int32,
        pieces.map((piece) => int(isControl(piece) ? CONTROL : NORMAL)),
      ),
    ],
    ["tokenizer.ggml.unknown_token_id", id("[UNK]")],
    ["tokenizer.ggml.padding_token_id", id("[PAD]")],
    ["tokenizer.ggml.cls_token_id", id("[CLS]")],
    ["tokenizer.ggml.bos_token_id", id("[CLS]")],
    // The format's own spelling.
    ["tokenizer.ggml.seperator_token_id", id("[SEP]")],
    ["tokenizer.ggml.eos_token_id", id("[SEP]")],
    ["tokenizer.ggml.mask_token_id", id("[MASK]")],
  ];
  let offset = 0;
  const infos = tensors.map(({ name, shape, type, data }) => {
    const at = offset;
    offset += padded(data.length);
    // Dimensions go from the innermost out.
    return Buffer.concat([string(name), int(shape.length), ...shape.toReversed().map(long), int(type), long(at)]);
  });
  const head = Buffer.concat([
    Buffer.from("GGUF"),
    int(3),
    long(tensors.length),
    long(metadata.length),
    ...metadata.flatMap(([key, value]) => [string(key), value]),
    ...infos,
  ]);
  const out = await open(to, "w");
  try {
    for (const part of [head, ...tensors.map(({ data }) => data)])
      await out.writeFile(Buffer.concat([part, Buffer.alloc(padded(part.length) - part.length)]));
  } finally {
    await out.close();
  }
}

interface Tensor {
  readonly name: string;
  /** From the outermost dimension in. */
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** The single-precision tensors of a safetensors file. */
function readSafetensors(file: Buffer): readonly Tensor[] {
  const start = 8 + Number(file.readBigUInt64LE(0));
  const head: Record<string, { dtype?: string; shape?: number[]; data_offsets?: [number, number] }> = JSON.parse(
    file.toString("utf8", 8, start),
  );
  return Object.entries(head).flatMap(([name, { dtype, shape, data_offsets: offsets }]) => {
    if (dtype !== "F32" || shape === undefined || offsets === undefined) return [];
    const bytes = Uint8Array.from(file.subarray(start + offsets[0], start + offsets[1]));
    return [{ name, shape, values: new Float32Array(bytes.buffer) }];
  });
}

/** Undefined for a tensor that is not part of an embedding. */
function ggufName(name: string): string | undefined {
  const [, stem = "", kind = ""] = /^(.*)\.(weight|bias)$/.exec(name) ?? [];
  const layer = /\.layer\.(\d+)\./.exec(stem)?.[1] ?? "";
  const known = NAMES[stem.replace(/\.layer\.\d+\./, ".layer.#.")];
  return known === undefined ? undefined : `${known.replace("#", layer)}.${kind}`;
}

function isControl(piece: string): boolean {
  return /^\[.*\]$/.test(piece);
}

/** llama.cpp marks the beginning of a word, BERT's vocabulary its continuation. */
function ggufPiece(piece: string): string {
  if (isControl(piece)) return piece;
  return piece.startsWith("##") ? piece.slice(2) : `\u2581${piece}`;
}

function halves(values: Float32Array): Buffer {
  return bytesOf(Float16Array.from(values));
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array | Float16Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

const padded = (length: number) => Math.ceil(length / ALIGNMENT) * ALIGNMENT;
const text = (value: string) => Buffer.concat([int(VALUE.string), string(value)]);
const u32 = (value: number) => Buffer.concat([int(VALUE.uint32), int(value)]);
const array = (type: number, items: readonly Buffer[]) =>
  Buffer.concat([int(VALUE.array), int(type), long(items.length), ...items]);

function f32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return Buffer.concat([int(VALUE.float32), bytes]);
}

function string(value: string): Buffer {
  const bytes = Buffer.from(value, "utf8");
  return Buffer.concat([long(bytes.length), bytes]);
}

function int(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

function long(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}
