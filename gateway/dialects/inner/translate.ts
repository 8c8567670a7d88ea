import type { ErrorBody } from "../../../contracts/api/errors.ts";
import type { Usage } from "../../../contracts/api/sampling.ts";
import type { StreamFailure, StreamTranslator } from "../../core/dialect.ts";
import { GatewayError, UnusableOutput } from "../../core/gateway-error.ts";

const EMPTY = Buffer.alloc(0);

/** Thrown for an error that the server itself sent as a message of its stream. */
export class ReportedError extends Error {
  readonly error: GatewayError;

  constructor(error: GatewayError) {
    super("the server sent an error");
    this.name = "ReportedError";
    this.error = error;
  }
}

/** Takes messages out of bytes. */
export interface MessageReader<Message> {
  /** The messages that are complete by now. @throws {GatewayError} when the bytes can't be messages */
  push(chunk: Buffer): Iterable<Message>;
  /** The source has ended: the last message, where its end alone is missing. @default - there is no such message */
  end?(): Message | undefined;
  /** Bytes that it holds of a message that is not complete. */
  readonly heldBytes: number;
}

/** What a stream of one dialect is in another: text for each message. */
export interface Translation<Message> {
  /** Whether the stream is complete; later bytes are ignored. */
  readonly isDone: boolean;
  /** Bytes of memory that it holds until it can write them. @default 0 */
  readonly heldBytes?: number;
  /** The usage that the source has named so far. @default - none */
  readonly usage?: Usage | undefined;
  /** @throws {ReportedError} when the message is an error @throws {GatewayError} `upstream_error` when it makes no sense */
  take(message: Message): string;
  /**
   * The source has ended before the translation was done. @returns what is left to write where that is a good end;
   * `undefined` where the stream was cut off. @default - every such stream was cut off
   */
  end?(): string | undefined;
  /** An error in the middle of a stream, as its last event. */
  fail(error: ErrorBody): string;
}

/**
 * Runs a translation over a stream's bytes. Whatever the bytes are, `push` and `end` never throw: a stream that is
 * malformed, or ends before it is done, ends with the translation's error as its last event.
 */
export function translate<Message>(
  reader: MessageReader<Message>,
  translation: Translation<Message>,
): StreamTranslator {
  let failure: StreamFailure | undefined;
  let hasEnded = false;

  function fail(error: unknown): string {
    failure = failureOf(error);
    return translation.fail(failure.error.body);
  }

  /** A message that was cut off makes no sense: then the stream was interrupted. */
  function lastEvents(): string {
    let events = "";
    try {
      const last = reader.end?.();
      if (last !== undefined) events = translation.take(last);
    } catch (error) {
      const isCutOff = error instanceof GatewayError && !(error instanceof UnusableOutput);
      return fail(isCutOff ? new GatewayError("stream_interrupted") : error);
    }
    if (translation.isDone) return events;
    return events + (translation.end?.() ?? fail(new GatewayError("stream_interrupted")));
  }

  return {
    get failure() {
      return failure;
    },
    get heldBytes() {
      return reader.heldBytes + (translation.heldBytes ?? 0);
    },
    get usage() {
      return translation.usage;
    },
    push(chunk) {
      if (failure !== undefined || translation.isDone) return EMPTY;
      let events = "";
      try {
        for (const message of reader.push(chunk)) {
          events += translation.take(message);
          if (translation.isDone) break;
        }
      } catch (error) {
        events += fail(error);
      }
      return events === "" ? EMPTY : Buffer.from(events);
    },
    end() {
      if (failure !== undefined || translation.isDone || hasEnded) return EMPTY;
      hasEnded = true;
      return Buffer.from(lastEvents());
    },
  };
}

function failureOf(error: unknown): StreamFailure {
  if (error instanceof ReportedError) return { kind: "reported", error: error.error };
  if (!(error instanceof GatewayError)) return { kind: "malformed", error: new GatewayError("upstream_error") };
  if (error instanceof UnusableOutput) return { kind: "unusable", error };
  return { kind: error.code === "stream_interrupted" ? "cut-off" : "malformed", error };
}
