import { type ErrorCode, errorBody } from "../../contracts/errors.ts";
import type { Exchange } from "../exchange.ts";
import { sendBytes } from "../http/answer.ts";
import { EventScanner } from "../relay/event-scanner.ts";
import { findUsage } from "../relay/usage.ts";
import type { UpstreamAnswer } from "./call/attempt.ts";

export const STREAM_HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-cache",
  // Proxies of nginx's kind would collect the events otherwise.
  "x-accel-buffering": "no",
} as const;

/** Seventh stage, for an answer that is not streamed: its bytes as they are, or in the client's dialect. */
export function relayWhole(exchange: Exchange, bytes: Buffer): void {
  const usage = findUsage(bytes);
  exchange.promptTokens = usage?.promptTokens;
  exchange.completionTokens = usage?.completionTokens;
  const { inbound } = exchange;
  const said = inbound === undefined ? bytes : inbound.dialect.encodeWhole(bytes, inbound.context);
  sendBytes(exchange.response, 200, { ...exchange.headers, "content-type": "application/json" }, said);
}

/** Takes a stream's bytes, in OpenAI's dialect and with its usage event, as they go by. */
export interface StreamRecording {
  push(chunk: Buffer): void;
  /** @param isComplete whether it came to its end without an error */
  end(isComplete: boolean): void;
}

export interface RelayOptions {
  /** Silence of the engine, or of a client that takes nothing, after which the stream ends. */
  readonly idleSeconds: number;
  /** Whether the usage event was our wish alone. */
  readonly stripUsage: boolean;
  /** @default - nothing is recorded */
  readonly recording?: StreamRecording | undefined;
  readonly now: () => number;
}

type StreamAnswer = Extract<UpstreamAnswer, { kind: "stream" }>;

/**
 * Seventh stage, for a stream: passes the engine's events on as they come and as fast as the client takes them.
 * Resolves when the stream has ended, however it did: an engine that dies or falls silent ends it with an error event
 * and without `[DONE]`; a client that leaves ends the call to the engine.
 */
export function relayStream(exchange: Exchange, answer: StreamAnswer, options: RelayOptions): Promise<void> {
  const { response } = exchange;
  const { body, translator, broken, release } = answer;
  const { inbound } = exchange;
  const encoder = inbound?.dialect.encodeStream(inbound.context);
  const scanner = new EventScanner({ stripUsage: options.stripUsage });

  return new Promise((resolve) => {
    let isOver = false;
    const idle = setTimeout(onIdle, options.idleSeconds * 1000);

    function onData(chunk: Buffer): void {
      idle.refresh();
      const passed = scan(translator === undefined ? chunk : translator.push(chunk));
      if (passed.length > 0 && !response.write(passed)) body.pause();
      // A translator says nothing after an error: what its source sends on is of no use.
      if (translator !== undefined && scanner.hasError) onEnd();
    }

    /** Counts what is in these bytes of OpenAI's dialect. @returns what the client gets of them, in its own */
    function scan(bytes: Buffer): Buffer {
      options.recording?.push(bytes);
      const textBefore = scanner.textEvents;
      const passed = scanner.push(bytes);
      if (scanner.textEvents > textBefore) {
        exchange.lastTokenAt = options.now();
        exchange.firstTokenAt ??= exchange.lastTokenAt;
      }
      return encoder === undefined ? passed : encoder.push(passed);
    }

    function onDrain(): void {
      idle.refresh();
      body.resume();
    }

    function onIdle(): void {
      if (scanner.isDone) return onEnd();
      // A paused body means that the client takes nothing: there is no use in telling it so.
      if (!body.isPaused) return fail("timeout", `The model sent nothing for ${options.idleSeconds} s.`);
      exchange.isAborted = true;
      response.destroy();
      finish();
    }

    function onEnd(): void {
      const last = translator === undefined || isOver ? undefined : scan(translator.end());
      if (last !== undefined && last.length > 0) response.write(last);
      if (!scanner.isDone && !scanner.hasError) return fail("stream_interrupted");
      if (scanner.hasError) exchange.errorCode = "upstream_error";
      end(scanner.rest());
      finish();
    }

    /** The last bytes, of OpenAI's dialect. */
    function end(bytes: Buffer): void {
      const said = encoder === undefined ? bytes : Buffer.concat([encoder.push(bytes), encoder.end()]);
      response.end(said.length > 0 ? said : undefined);
    }

    function onError(): void {
      if (exchange.isAborted) finish();
      else if (scanner.isDone) onEnd();
      else fail("stream_interrupted");
    }

    function fail(code: ErrorCode, message?: string): void {
      if (isOver) return;
      broken();
      exchange.errorCode = code;
      const event = errorBody(code, message === undefined ? {} : { message: `${message} Send the request again.` });
      end(Buffer.from(`data: ${JSON.stringify(event)}\n\n`));
      finish();
    }

    function finish(): void {
      if (isOver) return;
      isOver = true;
      clearTimeout(idle);
      response.off("drain", onDrain).off("close", finish);
      body.close();
      release();
      options.recording?.end(scanner.isDone && exchange.errorCode === undefined && !exchange.isAborted);
      exchange.promptTokens = scanner.usage?.promptTokens;
      exchange.completionTokens = scanner.usage?.completionTokens ?? scanner.textEvents;
      resolve();
    }

    response.writeHead(200, { ...exchange.headers, ...STREAM_HEADERS });
    response.on("drain", onDrain).on("close", finish);
    if (response.destroyed) return finish();
    body.read({ onData, onEnd: (error) => (error === undefined ? onEnd() : onError()) });
  });
}
