import type * as z from "zod";
import type { ErrorBody } from "../../contracts/api/errors.ts";
import type { Usage } from "../../contracts/api/sampling.ts";
import type { ProviderDialectName } from "../../contracts/targets/provider-dialects.ts";
import type { GatewayError } from "./gateway-error.ts";
import type { ClientBody, GenerationRequest } from "./generation-request.ts";

/** Why a stream of one dialect has no other form in another. */
export interface StreamFailure {
  /**
   * `reported`: its server sent an error. `unusable`: its model generated no usable output. `malformed`: it is not of its
   * dialect. `cut-off`: it ended before its end.
   */
  readonly kind: "reported" | "unusable" | "malformed" | "cut-off";
  readonly error: GatewayError;
}

/** Turns one stream of bytes into another, piece by piece, wherever the pieces are cut. */
export interface StreamTranslator {
  /** @returns the events that are complete by now, possibly none */
  push(chunk: Buffer): Buffer;
  /** The source has ended. @returns the events that end the stream */
  end(): Buffer;
  /** Set once the stream has ended in an error, whose event `push` or `end` returned. @default - it has not */
  readonly failure?: StreamFailure | undefined;
  /** Bytes of memory that it holds of what has come, until they can be written. @default 0 */
  readonly heldBytes?: number;
  /** The usage that the source has named so far: what is paid where the stream is broken off. @default - none */
  readonly usage?: Usage | undefined;
  /**
   * Called once, after `end`. Waits until everything that the stream's last event states is true, e.g. that the response
   * is stored. Never rejects.
   * @returns that event, which `push` and `end` have left out; `undefined` where nothing has to be waited for, which is
   * @default
   */
  lastEvent?(): Promise<Buffer> | undefined;
}

/** One request on its way to one upstream. */
export interface OutboundRequest {
  readonly generation: GenerationRequest;
  /** The model's name there. */
  readonly model: string;
  /** Where it goes, e.g. `https://api.anthropic.com`. */
  readonly origin: string;
}

/** What is sent: a POST. */
export interface UpstreamCall {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** An upstream's error response, as far as it can be read. */
export interface UpstreamProblem {
  readonly message?: string;
  readonly param?: string;
  readonly code?: string;
  /** Whether our key, account or billing is not in order: the client can do nothing about that. @default false */
  readonly isAboutAccount?: boolean;
  /** Where it stands in the body rather than in the `retry-after` header. */
  readonly retryAfterSeconds?: number;
}

/** A whole response in OpenAI's form, which is parsed once: its reader, its checks and its client share the fields. */
export interface WholeResponse {
  /** As the target sent them; `undefined` where the fields are not what it sent, and have to be written. */
  readonly bytes: Buffer | undefined;
  /** The object that the bytes are, or the translated one; `undefined` where they are no JSON object, or one that is nested too deep. */
  readonly fields: Readonly<Record<string, unknown>> | undefined;
}

/** A target's dialect: the form of its requests, and the translation of its responses into OpenAI's form. */
export interface OutboundDialect {
  readonly name: ProviderDialectName;
  /** @throws {GatewayError} `invalid_request` naming the field that this dialect does not support */
  encode(request: OutboundRequest): UpstreamCall | Promise<UpstreamCall>;
  /** A whole response in OpenAI's form. @throws {GatewayError} `upstream_error` when it is none */
  decodeWhole(bytes: Buffer, request: OutboundRequest): WholeResponse;
  /** For a stream's bytes: to OpenAI's events with the usage and `[DONE]`; `undefined` where they are that already. */
  decodeStream(request: OutboundRequest): StreamTranslator | undefined;
  /** Media type of a streamed response. */
  readonly streamMediaType: string;
  decodeProblem(status: number, body: string): UpstreamProblem;
}

/** Facts of a request that the client's dialect needs when it writes the response. */
export interface InboundContext {
  readonly requestId: string;
  /** The body as the client wrote it. */
  readonly clientFields: Readonly<Record<string, unknown>>;
  /** The body in OpenAI's words. */
  readonly generation: GenerationRequest;
}

/** The dialect of clients on a route that is not OpenAI's own. */
export interface InboundDialect {
  readonly name: ClientBody["dialect"];
  /** What a body must be; checked first, so that problems have the client's own names. */
  readonly body: z.ZodType;
  /** The body as one of a chat completion. @throws {GatewayError} `invalid_request` */
  toChat(
    fields: Readonly<Record<string, unknown>>,
  ): Readonly<Record<string, unknown>> | Promise<Readonly<Record<string, unknown>>>;
  /** @param completion a whole chat completion */
  encodeWhole(completion: Readonly<Record<string, unknown>>, context: InboundContext): Buffer | Promise<Buffer>;
  /**
   * Waits until everything that a whole response states is true, e.g. that it is stored.
   * @returns the response, changed where it is not. @default - nothing has to be waited for
   */
  confirmWhole?(bytes: Buffer): Promise<Buffer>;
  /** Takes chat completion events: usage, error events and `[DONE]` included. */
  encodeStream(context: InboundContext): StreamTranslator;
  errorBody(body: ErrorBody, requestId: string): unknown;
  /** Headers of every response, errors included. @default - none of its own */
  headers?(requestId: string): Readonly<Record<string, string>>;
}
