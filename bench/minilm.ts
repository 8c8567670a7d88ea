import { readFileSync } from "node:fs";
import { join } from "node:path";

const HIDDEN = 384;
const LAYERS = 6;
const HEADS = 12;
const HEAD = HIDDEN / HEADS;
const INNER = 1536;
const MAX_TOKENS = 256;
const EPSILON = 1e-12;

type Tensors = (name: string) => Float32Array;

/**
 * all-MiniLM-L6-v2 (BERT, 6 layers, 384 dimensions) in plain TypeScript: slow, and enough for a measurement.
 * @param folder has `model.safetensors` and `vocab.txt`
 * @returns the mean of a text's token vectors, as sentence-transformers does it
 */
export function loadMiniLm(folder: string): (text: string) => Float32Array {
  const tensors = readSafetensors(readFileSync(join(folder, "model.safetensors")));
  const vocabulary = new Map(
    readFileSync(join(folder, "vocab.txt"), "utf8")
      .split("\n")
      .map((word, id) => [word, id] as const),
  );
  return (text) => embed(tokenize(text, vocabulary), tensors);
}

function readSafetensors(file: Buffer): Tensors {
  const headBytes = Number(file.readBigUInt64LE(0));
  const head: Record<string, { data_offsets?: [number, number] }> = JSON.parse(file.toString("utf8", 8, 8 + headBytes));
  return (name) => {
    const [start, end] = head[name]?.data_offsets ?? [];
    if (start === undefined || end === undefined) throw new Error(`the model has no tensor ${name}`);
    const bytes = file.subarray(8 + headBytes + start, 8 + headBytes + end);
    return new Float32Array(Uint8Array.from(bytes).buffer);
  };
}

/** BERT's own: lower case without accents, words and punctuation, then the longest known pieces of each word. */
export function tokenize(text: string, vocabulary: ReadonlyMap<string, number>): readonly number[] {
  const id = (piece: string) => vocabulary.get(piece) ?? vocabulary.get("[UNK]") ?? 100;
  const plain = text
    .toLowerCase()
    .normalize("NFD")
    .replace(/\p{Mn}/gu, "");
  const words = plain.match(/[\p{L}\p{N}]+|[^\s\p{L}\p{N}]/gu) ?? [];
  const pieces = words.flatMap((word) => wordPieces(word, vocabulary));
  return [id("[CLS]"), ...pieces.slice(0, MAX_TOKENS - 2).map(id), id("[SEP]")];
}

function wordPieces(word: string, vocabulary: ReadonlyMap<string, number>): readonly string[] {
  const pieces: string[] = [];
  for (let start = 0; start < word.length; ) {
    let end = word.length;
    const piece = () => (start === 0 ? "" : "##") + word.slice(start, end);
    while (end > start && !vocabulary.has(piece())) end--;
    if (end === start) return ["[UNK]"];
    pieces.push(piece());
    start = end;
  }
  return pieces;
}

function embed(tokens: readonly number[], tensors: Tensors): Float32Array {
  const count = tokens.length;
  let states = new Float32Array(count * HIDDEN);
  const [words, positions, types] = ["word", "position", "token_type"].map((kind) =>
    cached(tensors, `embeddings.${kind}_embeddings.weight`),
  );
  for (const [row, token] of tokens.entries())
    for (let at = 0; at < HIDDEN; at++)
      states[row * HIDDEN + at] =
        (words?.[token * HIDDEN + at] ?? 0) + (positions?.[row * HIDDEN + at] ?? 0) + (types?.[at] ?? 0);
  normalize(states, tensors, "embeddings.LayerNorm");
  for (let layer = 0; layer < LAYERS; layer++) states = encode(states, count, tensors, `encoder.layer.${layer}`);
  const mean = new Float32Array(HIDDEN);
  for (let at = 0; at < states.length; at++) mean[at % HIDDEN] = (mean[at % HIDDEN] ?? 0) + (states[at] ?? 0) / count;
  return mean;
}

function encode(states: Float32Array, count: number, tensors: Tensors, layer: string): Float32Array<ArrayBuffer> {
  const project = (name: string) => linear(states, count, tensors, `${layer}.attention.self.${name}`, HIDDEN);
  const mixed = attend(project("query"), project("key"), project("value"), count);
  const attended = linear(mixed, count, tensors, `${layer}.attention.output.dense`, HIDDEN);
  add(attended, states);
  normalize(attended, tensors, `${layer}.attention.output.LayerNorm`);
  const inner = linear(attended, count, tensors, `${layer}.intermediate.dense`, INNER).map(gelu);
  const output = linear(inner, count, tensors, `${layer}.output.dense`, HIDDEN);
  add(output, attended);
  normalize(output, tensors, `${layer}.output.LayerNorm`);
  return output;
}

function attend(queries: Float32Array, keys: Float32Array, values: Float32Array, count: number): Float32Array {
  const mixed = new Float32Array(count * HIDDEN);
  for (let head = 0; head < HEADS; head++)
    for (let row = 0; row < count; row++) {
      const weights = new Float64Array(count).map((_, other) => {
        let sum = 0;
        for (let at = head * HEAD; at < (head + 1) * HEAD; at++)
          sum += (queries[row * HIDDEN + at] ?? 0) * (keys[other * HIDDEN + at] ?? 0);
        return Math.exp(sum / Math.sqrt(HEAD));
      });
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      for (const [other, weight] of weights.entries())
        for (let at = head * HEAD; at < (head + 1) * HEAD; at++)
          mixed[row * HIDDEN + at] =
            (mixed[row * HIDDEN + at] ?? 0) + (weight / total) * (values[other * HIDDEN + at] ?? 0);
    }
  return mixed;
}

function linear(states: Float32Array, count: number, tensors: Tensors, name: string, width: number) {
  const weight = cached(tensors, `${name}.weight`);
  const bias = cached(tensors, `${name}.bias`);
  const size = states.length / count;
  const result = new Float32Array(count * width);
  for (let row = 0; row < count; row++)
    for (let column = 0; column < width; column++) {
      let sum = bias[column] ?? 0;
      for (let at = 0; at < size; at++) sum += (states[row * size + at] ?? 0) * (weight[column * size + at] ?? 0);
      result[row * width + column] = sum;
    }
  return result;
}

function normalize(states: Float32Array, tensors: Tensors, name: string): void {
  const weight = cached(tensors, `${name}.weight`);
  const bias = cached(tensors, `${name}.bias`);
  for (let start = 0; start < states.length; start += HIDDEN) {
    const row = states.subarray(start, start + HIDDEN);
    const mean = row.reduce((sum, value) => sum + value, 0) / HIDDEN;
    const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / HIDDEN;
    const scale = 1 / Math.sqrt(variance + EPSILON);
    for (let at = 0; at < HIDDEN; at++) row[at] = ((row[at] ?? 0) - mean) * scale * (weight[at] ?? 0) + (bias[at] ?? 0);
  }
}

function add(states: Float32Array, others: Float32Array): void {
  for (let at = 0; at < states.length; at++) states[at] = (states[at] ?? 0) + (others[at] ?? 0);
}

/** With an error function of Abramowitz and Stegun (7.1.26), good to 1.5e-7. */
function gelu(value: number): number {
  const scaled = Math.abs(value) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * scaled);
  const series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const erf = Math.sign(value) * (1 - series * Math.exp(-scaled * scaled));
  return 0.5 * value * (1 + erf);
}

const read = new WeakMap<Tensors, Map<string, Float32Array>>();

/** Copied out of the file once. */
function cached(tensors: Tensors, name: string): Float32Array {
  const known = read.get(tensors) ?? new Map<string, Float32Array>();
  read.set(tensors, known);
  const tensor = known.get(name) ?? tensors(name);
  known.set(name, tensor);
  return tensor;
}
