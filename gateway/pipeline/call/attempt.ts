import { REQUEST_ID_HEADER } from "../../../contracts/headers.ts";
import { NoRoom } from "../../core/capacity-exceeded.ts";
import type { Target } from "../../core/target.ts";
import type { Upstream, UpstreamPlace } from "../../core/upstream.ts";
import type { OutboundRequest, StreamTranslator, UpstreamCall } from "../../dialects/dialect.ts";
import type { Exchange } from "../../exchange.ts";
import { GatewayError } from "../../gateway-error.ts";
import type { GenerationRequest } from "../../generation-request.ts";
import type { AnswerBody } from "../../http/answer-body.ts";
import { type Answer, ask } from "../../http/ask.ts";
import { checkFirstEvents, checkWhole } from "./check-response.ts";
import { answerFailure, connectionFailure, UpstreamFailure } from "./upstream-failure.ts";

/** An answer: a stream whose first byte has come, or the whole of one that is not streamed, in OpenAI's dialect. */
export type UpstreamAnswer =
  | {
      readonly kind: "stream";
      readonly body: AnswerBody;
      /** To OpenAI's dialect, where the target speaks another one. */
      readonly translator: StreamTranslator | undefined;
      /** To be told when it breaks off, and not by us. */
      readonly broken: () => void;
      readonly release: () => void;
    }
  | { readonly kind: "whole"; readonly bytes: Buffer };

/** The target's dialect has no words for the request: another target may have them. */
export class Unsayable extends Error {
  readonly refusal: GatewayError;

  constructor(refusal: GatewayError) {
    super("unsayable");
    this.name = "Unsayable";
    this.refusal = refusal;
  }
}

export interface AttemptOptions {
  readonly exchange: Exchange;
  readonly generation: GenerationRequest;
  readonly target: Target;
  readonly upstream: Upstream;
  /** Ends the call; follows the request's own abort. */
  readonly signal: AbortSignal;
  /** A stream's first byte must come within this; `undefined`: the request's own limit is the only one. */
  readonly firstByteMs: number | undefined;
  /** Called when a stream breaks that was handed on already. */
  readonly onBroken: () => void;
}

/** An answer with logprobs has about a kilobyte per token; this is far above any of them. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
const MAX_ERROR_BYTES = 64 * 1024;

/**
 * Calls one upstream once.
 * @throws {UpstreamFailure} when another one may do better
 * @throws {NoRoom} when another thread took the last place
 * @throws {GatewayError} the upstream's refusal of what the client wrote
 * @throws what `signal` says
 */
export async function attempt(options: AttemptOptions): Promise<UpstreamAnswer> {
  const { exchange, generation, target, upstream, signal } = options;
  const { dialect } = target;
  const { stream } = generation;
  signal.throwIfAborted();
  const outbound: OutboundRequest = { generation, model: target.upstreamModel, origin: upstream.origin };
  // Before anything is waited for: who chose this upstream must have its place.
  const place = takePlace(options);
  const limits = new AttemptLimits(options);
  let answer: Answer | undefined;
  let isHandedOn = false;
  try {
    const call = await encode(target, outbound);
    const headers = {
      "content-type": "application/json",
      accept: stream ? dialect.streamMediaType : "application/json",
      [REQUEST_ID_HEADER]: exchange.requestId,
      ...upstream.headers,
      ...call.headers,
    };
    const path = target.pathPrefix + call.path;
    answer = await ask(upstream.pool, { method: "POST", path, headers, body: call.body, signal: limits.signal });
    const { statusCode, body } = answer;
    if (statusCode !== 200) throw await refusal(target, answer);
    if (!stream || !String(answer.headers["content-type"]).startsWith(dialect.streamMediaType)) {
      if (stream && target.kind === "provider") throw new UpstreamFailure("malformed");
      return { kind: "whole", bytes: decodeWhole(target, await whole(body), outbound) };
    }
    const first = await body.first();
    if (first === undefined) throw new UpstreamFailure("died");
    place.sawFirstByte?.();
    if (target.kind === "provider") checkFirstEvents(first, dialect.streamMediaType);
    isHandedOn = true;
    limits.handOn();
    return {
      kind: "stream",
      body,
      translator: dialect.decodeStream(outbound),
      broken: options.onBroken,
      release: () => {
        limits.end();
        place.release();
      },
    };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (limits.signal.aborted) throw limits.signal.reason;
    const isOwn = error instanceof UpstreamFailure || error instanceof GatewayError || error instanceof Unsayable;
    throw isOwn ? error : connectionFailure(error);
  } finally {
    if (!isHandedOn) {
      answer?.body.close();
      limits.end();
      place.release();
    }
  }
}

/** Time limits of one attempt beside those of the whole request, which it follows too. */
class AttemptLimits {
  readonly signal: AbortSignal;
  readonly #whole: AbortSignal;
  readonly #follow: (() => void) | undefined;
  #firstByte: NodeJS.Timeout | undefined;
  #total: NodeJS.Timeout | undefined;

  constructor({ signal, generation, target, firstByteMs }: AttemptOptions) {
    this.#whole = signal;
    const limit = generation.stream ? firstByteMs : undefined;
    if (limit === undefined && target.totalMs === undefined) {
      this.signal = this.#whole;
      return;
    }
    const own = new AbortController();
    this.signal = own.signal;
    const isSlow = () => own.abort(new UpstreamFailure("slow"));
    if (limit !== undefined) this.#firstByte = setTimeout(isSlow, limit);
    if (target.totalMs !== undefined) this.#total = setTimeout(isSlow, target.totalMs);
    this.#follow = () => own.abort(this.#whole.reason);
    this.#whole.addEventListener("abort", this.#follow);
  }

  /** The first byte is there. */
  handOn(): void {
    clearTimeout(this.#firstByte);
  }

  end(): void {
    clearTimeout(this.#firstByte);
    clearTimeout(this.#total);
    if (this.#follow !== undefined) this.#whole.removeEventListener("abort", this.#follow);
  }
}

async function encode(target: Target, outbound: OutboundRequest): Promise<UpstreamCall> {
  try {
    return await target.dialect.encode(outbound);
  } catch (error) {
    throw error instanceof GatewayError ? new Unsayable(error) : error;
  }
}

/** Takes a place at the upstream, and the answer's money, which goes back with it. */
function takePlace({ exchange, generation, target, upstream }: AttemptOptions): UpstreamPlace {
  const place = upstream.acquire(generation);
  if (place === undefined) throw new NoRoom({ isOutrun: true });
  const giveBack = target.reserve(generation);
  exchange.sentTo(target, upstream.id);
  const release = () => {
    giveBack();
    place.release();
  };
  return { release, sawFirstByte: place.sawFirstByte };
}

function decodeWhole(target: Target, bytes: Buffer, outbound: OutboundRequest): Buffer {
  if (target.kind === "pool") return target.dialect.decodeWhole(bytes, outbound);
  try {
    const decoded = target.dialect.decodeWhole(bytes, outbound);
    checkWhole(decoded);
    return decoded;
  } catch (error) {
    throw error instanceof GatewayError ? new UpstreamFailure("malformed") : error;
  }
}

async function whole(body: AnswerBody): Promise<Buffer> {
  const bytes = await body.whole(MAX_ANSWER_BYTES);
  if (bytes === undefined) throw new GatewayError("upstream_error");
  return bytes;
}

/** What an answer other than 200 means. Its status says enough when the text can't be read. */
async function refusal(
  { dialect, kind }: Target,
  { statusCode, headers, body }: Answer,
): Promise<UpstreamFailure | GatewayError> {
  const bytes = await body.whole(MAX_ERROR_BYTES).catch(() => undefined);
  const text = bytes?.toString("utf8") ?? "";
  return answerFailure(statusCode, headers["retry-after"], dialect.decodeProblem(statusCode, text), kind);
}
