import { REQUEST_ID_HEADER } from "../../../contracts/api/headers.ts";
import type { OutboundRequest, StreamTranslator, UpstreamCall } from "../../core/dialect.ts";
import { GatewayError } from "../../core/gateway-error.ts";
import type { GenerationRequest } from "../../core/generation-request.ts";
import type { BilledTokens, Lease } from "../../core/lease.ts";
import type { Target } from "../../core/target.ts";
import { UpstreamFailure } from "../../core/upstream-failure.ts";
import { chunkFormOf } from "../../dialects/providers/openai/chunk-forms.ts";
import { redirectTarget } from "../../http/redirect-target.ts";
import { sendUpstream, type UpstreamResponse } from "../../http/upstream/send-upstream.ts";
import type { UpstreamBody } from "../../http/upstream/upstream-body.ts";
import { jsonBytes } from "../../outside-values/paced-json.ts";
import type { WholeForm } from "../../outside-values/whole-forms.ts";
import { LineEnds } from "../../relay/line-ends.ts";
import { tokensOfChoices } from "../../relay/text-tokens.ts";
import { findUsage, type TokenUsage, tokensOf } from "../../relay/usage.ts";
import type { StreamMemory } from "../../shares/stream-memory.ts";
import type { WholeHold, WholeMemory } from "../../shares/whole-memory.ts";
import { AttemptLimits } from "./attempt-limits.ts";
import { ChatBeginning } from "./chat-beginning.ts";
import { type CheckedResponse, wholeResponse } from "./check-response.ts";
import { connectionFailure, responseFailure } from "./classify-failure.ts";
import { isLikeResponse, ResponseBounds } from "./response-bounds.ts";
import { readBeginning, TranslatedBeginning } from "./stream-beginning.ts";

/** A response: a stream that has begun, or the whole of one that is not streamed, in OpenAI's dialect. */
export type AttemptResponse =
  | {
      readonly kind: "stream";
      /** The beginning of the stream, in OpenAI's dialect. */
      readonly begun: Buffer;
      /** What comes behind it. */
      readonly body: UpstreamBody;
      /** From the target's dialect to OpenAI's; where it is that already, of its lines. */
      readonly translator: StreamTranslator;
      /** Whether the target has another dialect, so that the translator has put its errors into our words. */
      readonly isTranslated: boolean;
      /**
       * Ends the lease; a second call does nothing.
       * @param outcome `interrupted`: the upstream broke the stream off
       */
      readonly settle: (outcome: "ok" | "interrupted", tokens?: BilledTokens) => void;
    }
  | {
      readonly kind: "whole";
      readonly bytes: Buffer;
      /** The object that the bytes are. */
      readonly fields: CheckedResponse["fields"];
      /** As the response names it. */
      readonly usage: TokenUsage | undefined;
      /** What is paid. */
      readonly tokens: Partial<TokenUsage>;
    };

/** The target's dialect cannot express the request: another target's may. */
export class UnsupportedByDialect extends Error {
  readonly refusal: GatewayError;

  constructor(refusal: GatewayError) {
    super("unsupported by the dialect");
    this.name = "UnsupportedByDialect";
    this.refusal = refusal;
  }
}

/** The target's money is spent: nothing was sent. Another target may serve the request. */
export class Unfunded extends Error {
  constructor() {
    super("the target's money is spent");
    this.name = "Unfunded";
  }
}

export interface AttemptOptions {
  readonly requestId: string;
  readonly generation: GenerationRequest;
  /** Left open when a stream is returned or anything is thrown; settled `ok` when a whole response is returned. */
  readonly lease: Lease;
  /** Ends the call; follows the request's own abort. */
  readonly signal: AbortSignal;
  /**
   * Aborted when the route's time is over, also behind the client's end: until then the whole response of a provider is
   * read for its usage. @default - the call ends with its client
   */
  readonly over?: AbortSignal | undefined;
  /** A stream's first byte must come within this; `undefined`: the request's own limit is the only one. */
  readonly firstByteMs: number | undefined;
  /** Whether a parsed object is a whole response of the API that is called. */
  readonly isWhole: WholeForm;
  /** What all streams hold. @default - this one may hold anything before it begins */
  readonly memory?: StreamMemory | undefined;
  /** What all whole responses hold. @default - this one may hold anything */
  readonly wholes?: WholeMemory | undefined;
}

/** Of any response: 2,048 embeddings of 3,072 dimensions in decimal digits have some 140 MB. */
const MAX_RESPONSE_BYTES = 256 * 1024 * 1024;
const MAX_ERROR_BYTES = 64 * 1024;
/** A byte order mark in UTF-8. */
const MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * Calls one upstream once.
 * @throws {UpstreamFailure} when another one may do better
 * @throws {UnsupportedByDialect} before anything was sent
 * @throws {Unfunded} as well
 * @throws {GatewayError} the upstream's refusal of the client's request; `upstream_error` where all whole responses together are
 * too large, which is no fault of the upstream's
 * @throws the reason of `signal`, or an error of our own, which does not count against the upstream
 */
export async function attempt(options: AttemptOptions): Promise<AttemptResponse> {
  const { generation, lease, signal } = options;
  const { target, upstream } = lease;
  signal.throwIfAborted();
  const outbound: OutboundRequest = { generation, model: target.upstreamModel, origin: upstream.origin };
  const limits = new AttemptLimits(options);
  let response: UpstreamResponse | undefined;
  let hold: WholeHold | undefined;
  let isHandedOn = false;
  // An error of the connection is one of the upstream, unless it is ours already.
  let isOnConnection = false;
  try {
    const encoding = encode(target, outbound);
    const call = encoding instanceof Promise ? await encoding : encoding;
    if (!lease.isFunded) await fund(lease, limits.signal);
    const sending = send(options, call, limits.signal);
    isOnConnection = true;
    response = await sending;
    isOnConnection = false;
    if (response.statusCode !== 200) throw await refused(lease, response, limits);
    const { body } = response;
    const isStream = isStreamOf(target, response);
    if (generation.stream && !isStream && target.kind === "provider") throw new UpstreamFailure("malformed");
    if (!generation.stream || !isStream) {
      hold = options.wholes?.open((error) => body.refuse(error));
      const bounds = new ResponseBounds(generation, target.dialect.name === "openai", hold);
      isOnConnection = true;
      const read = await body.whole(MAX_RESPONSE_BYTES, (chunk) => bounds.take(chunk));
      isOnConnection = false;
      const { bytes, fields, usage, tokens } = checkedWhole(read, bounds, outbound, options);
      if (limits.isReadWithoutClient) {
        lease.sawUsage(tokens);
        signal.throwIfAborted();
      }
      lease.settle("ok", tokens);
      return { kind: "whole", bytes: bytes ?? (await jsonBytes(fields)), fields, usage, tokens };
    }
    const toChat = target.dialect.decodeStream(outbound);
    const translator = toChat ?? new LineEnds();
    const beginning =
      toChat === undefined ? chatBeginning(target, translator, generation) : new TranslatedBeginning(translator);
    const begun = await readBeginning(body, beginning, options.memory, () => limits.firstByteCame());
    lease.sawFirstByte();
    isHandedOn = true;
    limits.firstByteCame();
    lease.confirm();
    return {
      kind: "stream",
      begun,
      body,
      translator,
      isTranslated: toChat !== undefined,
      settle: (outcome, tokens) => {
        limits.end();
        lease.settle(outcome, tokens);
      },
    };
  } catch (error) {
    signal.throwIfAborted();
    limits.signal.throwIfAborted();
    throw isOnConnection && !(error instanceof GatewayError) ? connectionFailure(error) : error;
  } finally {
    hold?.end();
    if (!isHandedOn) {
      response?.body.close();
      limits.end();
    }
  }
}

/** A whole response within its bounds, with what its server counted, or what it generated by its length. @throws {UpstreamFailure} */
function checkedWhole(
  read: Buffer | undefined,
  bounds: ResponseBounds,
  outbound: OutboundRequest,
  { lease, isWhole }: AttemptOptions,
) {
  const bytes = boundedBytes(read, bounds);
  if (!bounds.isParsed && !bounds.hasVectors()) throw new UpstreamFailure("malformed");
  const response: CheckedResponse = bounds.isParsed
    ? wholeResponse(lease.target.dialect, bytes, outbound, isWhole)
    : { bytes, fields: {} };
  const { fields } = response;
  const usage = bounds.isParsed ? tokensOf(fields.usage) : findUsage(bytes);
  return { ...response, usage, tokens: usage ?? estimatedTokens(fields) };
}

/** Of a response whose server does not count: what it generated, by its length. */
function estimatedTokens({ choices }: CheckedResponse["fields"]): Partial<TokenUsage> {
  return choices === undefined ? {} : { completionTokens: tokensOfChoices(choices) };
}

/** Without a promise where the dialect makes none: each costs every request a turn of the queue of microtasks. */
function encode(target: Target, outbound: OutboundRequest): UpstreamCall | Promise<UpstreamCall> {
  try {
    const call = target.dialect.encode(outbound);
    return call instanceof Promise ? call.catch(throwEncoding) : call;
  } catch (error) {
    return throwEncoding(error);
  }
}

function throwEncoding(error: unknown): never {
  throw error instanceof GatewayError ? new UnsupportedByDialect(error) : error;
}

/** What a killed process has sent is counted: the money is drawn first. @throws {Unfunded} */
async function fund(lease: Lease, signal: AbortSignal): Promise<void> {
  const isFunded = await lease.fund();
  signal.throwIfAborted();
  if (!isFunded) throw new Unfunded();
}

function send(
  { requestId, generation, lease }: AttemptOptions,
  call: UpstreamCall,
  signal: AbortSignal,
): Promise<UpstreamResponse> {
  const { target, upstream } = lease;
  const headers = {
    "content-type": "application/json",
    // A compressed stream comes in lumps, and a whole response is compressed again for the client at the edge.
    "accept-encoding": "identity",
    accept: generation.stream ? target.dialect.streamMediaType : "application/json",
    [REQUEST_ID_HEADER]: requestId,
    ...upstream.headers,
    ...call.headers,
  };
  const path = target.pathPrefix + call.path;
  lease.sending();
  const onWrite = () => lease.reachedUpstream();
  const request = { method: "POST", path, headers, body: call.body, signal, onWrite } as const;
  return sendUpstream(upstream.pool, request);
}

function isStreamOf({ dialect }: Target, { headers }: UpstreamResponse): boolean {
  const [type = ""] = String(headers["content-type"]).split(";");
  return type.trim().toLowerCase() === dialect.streamMediaType;
}

function chatBeginning(
  { kind, dialect }: Target,
  lines: StreamTranslator,
  { route }: GenerationRequest,
): ChatBeginning {
  // The errors of our own engines are for the client.
  const problemOf = kind === "provider" ? (body: string) => dialect.decodeProblem(400, body) : undefined;
  return new ChatBeginning(lines, problemOf, chunkFormOf(route));
}

/** What is too large, or nested too deep for recursion, is never parsed. @throws {UpstreamFailure} */
function boundedBytes(bytes: Buffer | undefined, bounds: ResponseBounds): Buffer {
  // A client may request so much, and its request may not block the upstream for others.
  if (bytes === undefined && !bounds.isTooDeep) throw UpstreamFailure.unusableOutput();
  if (bytes === undefined || !(bounds.isParsed || isLikeResponse(withoutMark(bytes))))
    throw new UpstreamFailure("malformed");
  return withoutMark(bytes);
}

/** JSON without a byte order mark, with which some servers begin it. */
function withoutMark(bytes: Buffer): Buffer {
  return bytes.subarray(0, MARK.length).equals(MARK) ? bytes.subarray(MARK.length) : bytes;
}

/** The failure of a call whose status is not 200: a client that has left pays nothing for it. */
async function refused(lease: Lease, response: UpstreamResponse, limits: AttemptLimits) {
  const failure = await refusal(lease, response);
  if (limits.isReadWithoutClient) lease.sawUsage({ promptTokens: 0, completionTokens: 0 });
  return failure;
}

/** The failure that a status other than 200 stands for. The status is enough when the text can't be read. */
async function refusal(
  { target: { dialect, kind }, upstream }: Lease,
  { statusCode, headers, body }: UpstreamResponse,
): Promise<UpstreamFailure | GatewayError> {
  const bytes = await body.whole(MAX_ERROR_BYTES).catch(() => undefined);
  const text = bytes === undefined ? "" : withoutMark(bytes).toString("utf8");
  const failure = responseFailure(statusCode, headers["retry-after"], dialect.decodeProblem(statusCode, text), kind);
  const redirectsTo = statusCode < 400 ? redirectTarget(headers.location, upstream.origin) : undefined;
  if (redirectsTo === undefined || !(failure instanceof UpstreamFailure)) return failure;
  const { kind: failureKind, retryAfterSeconds, isOverloaded, health } = failure;
  return new UpstreamFailure(failureKind, retryAfterSeconds, { isOverloaded, health, redirectsTo });
}
