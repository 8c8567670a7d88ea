export interface SemanticMatch {
  readonly key: string;
  /** Cosine, -1 to 1. */
  readonly similarity: number;
}

interface Row {
  readonly context: string;
  readonly key: string;
}

const FIRST_ROWS = 256;

/** Part of a vector's dimensions that is compared first: 128 of 384 rule out nearly all other prompts. */
const HEAD_SHARE = 1 / 3;
/** What rounding to 32 bits may take from a bound. */
const SLACK = 1e-5;

/**
 * Prompts by their meaning: unit vectors in one flat array, each with the key of its response. Only rows of the same
 * context are compared, one by one, and most by their first third alone: two vectors' rests are at most as similar as
 * the product of their lengths, which are stored beside them (Cauchy and Schwarz). It finds what a whole comparison
 * would. With 384 dimensions a thousand take 0.3 ms (`bench/semantic-cache.ts`). When it is full, the oldest row
 * leaves.
 */
export class SemanticIndex {
  readonly #maxRows: number;
  #dimensions = 0;
  /** Of each row: its vector, and the length of what comes after the vector's head. */
  #vectors = new Float32Array(0);
  readonly #rows: Row[] = [];
  readonly #byContext = new Map<string, Set<number>>();
  readonly #byKey = new Map<string, number>();
  #next = 0;

  constructor(maxRows: number) {
    this.#maxRows = maxRows;
  }

  get size(): number {
    return this.#byKey.size;
  }

  /** What the vectors take. */
  get bytes(): number {
    return this.#vectors.byteLength;
  }

  /** The most similar prompt of the context, if it is at least `threshold` similar. */
  nearest(context: string, vector: Float32Array, threshold: number): SemanticMatch | undefined {
    const rows = this.#byContext.get(context);
    if (rows === undefined || vector.length !== this.#dimensions) return undefined;
    const unit = unitVector(vector);
    if (unit === undefined) return undefined;
    const vectors = this.#vectors;
    const [head, end] = [this.#head, unit.length];
    const rest = lengthOf(unit.subarray(head)) + SLACK;
    let best: number | undefined;
    let similarity = threshold;
    for (const row of rows) {
      const from = row * this.#stride;
      const ofHead = product(vectors, from, unit, 0, head);
      if (ofHead + rest * (vectors[from + end] ?? 0) < similarity) continue;
      const cosine = ofHead + product(vectors, from, unit, head, end);
      if (cosine < similarity) continue;
      similarity = cosine;
      best = row;
    }
    const key = best === undefined ? undefined : this.#rows[best]?.key;
    return key === undefined ? undefined : { key, similarity };
  }

  /**
   * A prompt whose response is in the index already is not added again, nor one whose vector has no direction.
   * @param key of its response
   */
  add(context: string, vector: Float32Array, key: string): void {
    const unit = unitVector(vector);
    if (this.#byKey.has(key) || unit === undefined) return;
    if (vector.length !== this.#dimensions) this.#restart(vector.length);
    const row = this.#next;
    this.#next = (row + 1) % this.#maxRows;
    this.#remove(row);
    this.#reserve(row);
    this.#vectors.set(unit, row * this.#stride);
    this.#vectors[row * this.#stride + this.#dimensions] = lengthOf(unit.subarray(this.#head));
    this.#rows[row] = { context, key };
    this.#byKey.set(key, row);
    const rows = this.#byContext.get(context);
    if (rows === undefined) this.#byContext.set(context, new Set([row]));
    else rows.add(row);
  }

  /** For a prompt whose response is no longer stored. */
  forget(key: string): void {
    const row = this.#byKey.get(key);
    if (row !== undefined) this.#remove(row);
  }

  get #stride(): number {
    return this.#dimensions + 1;
  }

  get #head(): number {
    return Math.floor(this.#dimensions * HEAD_SHARE);
  }

  #remove(row: number): void {
    const before = this.#rows[row];
    if (before === undefined || this.#byKey.get(before.key) !== row) return;
    this.#byKey.delete(before.key);
    const rows = this.#byContext.get(before.context);
    rows?.delete(row);
    if (rows?.size === 0) this.#byContext.delete(before.context);
  }

  /** Another embedding model: its vectors can't be compared with what is here. */
  #restart(dimensions: number): void {
    this.#dimensions = dimensions;
    this.#vectors = new Float32Array(0);
    this.#rows.length = 0;
    this.#byContext.clear();
    this.#byKey.clear();
    this.#next = 0;
  }

  #reserve(row: number): void {
    const rows = this.#vectors.length / this.#stride;
    if (row < rows) return;
    const larger = new Float32Array(Math.min(this.#maxRows, Math.max(FIRST_ROWS, rows * 2)) * this.#stride);
    larger.set(this.#vectors);
    this.#vectors = larger;
  }
}

/** `undefined` for a vector without a direction: no values, zeros alone, or a value that is not finite. */
function unitVector(vector: Float32Array): Float32Array | undefined {
  const length = lengthOf(vector);
  return length > 0 && Number.isFinite(length) ? vector.map((value) => value / length) : undefined;
}

function lengthOf(vector: Float32Array): number {
  let sum = 0;
  for (const value of vector) sum += value * value;
  return Math.sqrt(sum);
}

/**
 * Of the dimensions from `first` up to `end`. Four sums at once, so that no addition waits for the one before it: twice as
 * fast as one.
 * @param from where the vector begins in `vectors`
 */
function product(vectors: Float32Array, from: number, unit: Float32Array, first: number, end: number): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  let index = first;
  for (; index + 3 < end; index += 4) {
    const at = from + index;
    a += (vectors[at] ?? 0) * (unit[index] ?? 0);
    b += (vectors[at + 1] ?? 0) * (unit[index + 1] ?? 0);
    c += (vectors[at + 2] ?? 0) * (unit[index + 2] ?? 0);
    d += (vectors[at + 3] ?? 0) * (unit[index + 3] ?? 0);
  }
  for (; index < end; index++) a += (vectors[from + index] ?? 0) * (unit[index] ?? 0);
  return a + b + c + d;
}
