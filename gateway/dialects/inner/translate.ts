import { type ErrorBody, errorBody } from "../../../contracts/api/errors.ts";
import type { StreamTranslator } from "../../core/dialect.ts";
import { GatewayError } from "../../core/gateway-error.ts";

const EMPTY = Buffer.alloc(0);

/** Takes messages out of bytes. */
export interface MessageReader<Message> {
  /** The messages that are complete by now. @throws {GatewayError} when the bytes can't be messages */
  push(chunk: Buffer): Iterable<Message>;
}

/** What a stream of one dialect is in another: text for each message. */
export interface Translation<Message> {
  /** Whether the stream is complete; later bytes are ignored. */
  readonly isDone: boolean;
  /** @throws {GatewayError} when the message is an error, or makes no sense (`upstream_error`) */
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
  let hasFailed = false;

  function fail(error: unknown): string {
    hasFailed = true;
    return translation.fail(error instanceof GatewayError ? error.body : errorBody("upstream_error"));
  }

  return {
    push(chunk) {
      if (hasFailed || translation.isDone) return EMPTY;
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
      if (hasFailed || translation.isDone) return EMPTY;
      return Buffer.from(translation.end?.() ?? fail(new GatewayError("stream_interrupted")));
    },
  };
}
