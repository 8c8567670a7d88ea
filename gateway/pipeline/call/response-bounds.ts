import type { GenerationRequest } from "../../core/generation-request.ts";
import { MAX_JSON_DEPTH } from "../../outside-values/json-depth.ts";
import { JsonMeter } from "../../outside-values/json-meter.ts";
import { VectorCount } from "../../outside-values/vector-count.ts";
import type { WholeHold } from "../../shares/whole-memory.ts";

interface Bounds {
  readonly bytes: number;
  /** Fields of all objects, and lists. */
  readonly fields: number;
  /** Values behind another one in their object or list. */
  readonly values: number;
}

/**
 * Of a response that is parsed: to parse it, and to write it in another form, takes under 50 ms. 128,000 tokens of text are
 * under 1 MB, 100 embeddings of 3,072 dimensions have 307,000 numbers, and a call of a tool has some fields.
 */
export const MAX_PARSED: Bounds = { bytes: 8 * 1024 * 1024, fields: 30_000, values: 350_000 };
/** The same for log probabilities that another dialect has: 3,000 tokens, with 20 for each. */
export const MAX_PARSED_LOGPROBS: Bounds = { bytes: 32 * 1024 * 1024, fields: 300_000, values: 600_000 };
/** Log probabilities of 20 tokens for each token take about a kilobyte; this is far above any of them. */
const MAX_LOGPROBS_BYTES = 64 * 1024 * 1024;
/** The largest body has some million tokens, each with up to 7 bytes as an id or as a short text. */
const MAX_TOKENS_BYTES = 64 * 1024 * 1024;
const TOKEN_ROUTES: ReadonlySet<string> = new Set(["/tokenize", "/detokenize"]);
/**
 * Fewer bytes than can be over any bound, so that they are not measured: they have some thousand fields at most, and the parser of
 * OpenAI's dialect looks how deep they are.
 */
const SMALL_BYTES = 16_384;
/** Of the embedding of one input: 4,096 dimensions in decimal digits are some 90 KB. */
const MAX_EMBEDDING_BYTES = 128 * 1024;

/**
 * The bounds of one whole response, which is measured as it comes. One that is too large to be parsed is passed on as it is
 * where it may be so large: embeddings, tokens, and log probabilities that the client requested, in the client's own dialect.
 */
export class ResponseBounds {
  readonly #meter = new JsonMeter();
  readonly #parsed: Bounds;
  /** Bytes of a response that is passed on without being parsed. */
  readonly #passedBytes: number;
  /** Of a response with embeddings that may be passed on without being parsed. */
  readonly #vectors: VectorCount | undefined;
  readonly #inputs: number;
  readonly #hold: WholeHold | undefined;
  /** What has come of a response that may be small; `undefined` once it is measured. */
  #unmeasured: Buffer[] | undefined;
  #bytes = 0;

  /**
   * @param isOwnDialect whether the target's dialect is OpenAI's, so that its bytes may be the client's
   * @param hold takes the bytes that have come. @default - nobody counts them
   */
  constructor({ route, fields, client }: GenerationRequest, isOwnDialect: boolean, hold?: WholeHold) {
    this.#hold = hold;
    this.#unmeasured = isOwnDialect ? [] : undefined;
    const isPassed = isOwnDialect && client === undefined;
    const hasLogprobs = (fields.logprobs ?? fields.prompt_logprobs ?? false) !== false;
    this.#inputs = route === "/v1/embeddings" ? inputsIn(fields.input) : 0;
    this.#vectors = isPassed && this.#inputs > 0 ? new VectorCount() : undefined;
    const embeddingBytes = this.#inputs * MAX_EMBEDDING_BYTES;
    this.#parsed = hasLogprobs && !isPassed ? MAX_PARSED_LOGPROBS : MAX_PARSED;
    const tokenBytes = TOKEN_ROUTES.has(route) ? MAX_TOKENS_BYTES : 0;
    this.#passedBytes = isPassed ? Math.max(embeddingBytes, tokenBytes, hasLogprobs ? MAX_LOGPROBS_BYTES : 0) : 0;
  }

  /** Looks at the next bytes. @returns whether the response is within its bounds so far */
  take(chunk: Buffer): boolean {
    this.#bytes += chunk.length;
    this.#hold?.add(chunk.length);
    this.#measure(chunk);
    this.#vectors?.push(chunk);
    if (this.isTooDeep) return false;
    return this.isParsed || this.#bytes <= this.#passedBytes;
  }

  #measure(chunk: Buffer): void {
    if (this.#unmeasured === undefined) return this.#meter.push(chunk);
    this.#unmeasured.push(chunk);
    if (this.#bytes <= SMALL_BYTES) return;
    for (const each of this.#unmeasured) this.#meter.push(each);
    this.#unmeasured = undefined;
  }

  /** Whether all of a response that is not parsed has a vector for each input; `true` for one without embeddings. */
  hasVectors(): boolean {
    const vectors = this.#vectors;
    vectors?.end();
    return vectors === undefined || (vectors.vectors === this.#inputs && !vectors.hasOther);
  }

  /** Whether it is nested deeper than any response, as far as it is measured. */
  get isTooDeep(): boolean {
    return this.#meter.deepest > MAX_JSON_DEPTH;
  }

  /** Whether the response is small enough to be parsed. */
  get isParsed(): boolean {
    const { fields, commas } = this.#meter;
    const { bytes, fields: most, values } = this.#parsed;
    return this.#bytes <= bytes && fields <= most && commas <= values;
  }
}

/** Whether bytes that are not parsed look like a response: one object, without an error at its beginning. */
export function isLikeResponse(bytes: Buffer): boolean {
  const text = bytes.toString("latin1", 0, 1024);
  const end = bytes.toString("latin1", Math.max(0, bytes.length - 64)).trimEnd();
  return /^\s*\{/.test(text) && end.endsWith("}") && !text.includes('"error"');
}

/** The inputs of a request for embeddings: one text, several, the token ids of one, or those of several. */
function inputsIn(input: unknown): number {
  return Array.isArray(input) && typeof input[0] !== "number" ? input.length : 1;
}
