import { type ErrorCode, errorBody } from "../../contracts/errors.ts";
import type { Exchange } from "../exchange.ts";
import { sendBytes } from "../http/answer.ts";
import { EventScanner } from "../relay/event-scanner.ts";
import { findUsage } from "../relay/usage.ts";
import type { EngineAnswer } from "./call.ts";

const STREAM_HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-cache",
  // Proxies of nginx's kind would collect the events otherwise.
  "x-accel-buffering": "no",
} as const;

/** Seventh stage, for an answer that is not streamed: the engine's bytes as they are. */
export function relayWhole(exchange: Exchange, bytes: Buffer): void {
  const usage = findUsage(bytes);
  exchange.promptTokens = usage?.promptTokens;
  exchange.completionTokens = usage?.completionTokens;
  sendBytes(exchange.response, 200, { ...exchange.headers, "content-type": "application/json" }, bytes);
}

export interface RelayOptions {
  /** Silence of the engine, or of a client that takes nothing, after which the stream ends. */
  readonly idleSeconds: number;
  /** Whether the usage event was our wish alone. */
  readonly stripUsage: boolean;
  readonly now: () => number;
}

type StreamAnswer = Extract<EngineAnswer, { kind: "stream" }>;

/**
 * Seventh stage, for a stream: passes the engine's events on as they come and as fast as the client takes them.
 * Resolves when the stream has ended, however it did: an engine that dies or falls silent ends it with an error event
 * and without `[DONE]`; a client that leaves ends the call to the engine.
 */
export function relayStream(exchange: Exchange, answer: StreamAnswer, options: RelayOptions): Promise<void> {
  const { response } = exchange;
  const { body, first, release } = answer;
  const scanner = new EventScanner({ stripUsage: options.stripUsage });

  return new Promise((resolve) => {
    let isOver = false;
    const idle = setTimeout(onIdle, options.idleSeconds * 1000);

    function onData(chunk: Buffer): void {
      idle.refresh();
      const textBefore = scanner.textEvents;
      const passed = scanner.push(chunk);
      if (scanner.textEvents > textBefore) {
        exchange.lastTokenAt = options.now();
        exchange.firstTokenAt ??= exchange.lastTokenAt;
      }
      if (passed.length > 0 && !response.write(passed)) body.pause();
    }

    function onDrain(): void {
      idle.refresh();
      body.resume();
    }

    function onIdle(): void {
      if (scanner.isDone) return onEnd();
      // A paused body means that the client takes nothing: there is no use in telling it so.
      if (!body.isPaused()) return fail("timeout", `The model sent nothing for ${options.idleSeconds} s.`);
      exchange.isAborted = true;
      response.destroy();
      finish();
    }

    function onEnd(): void {
      if (!scanner.isDone) return fail("stream_interrupted");
      const rest = scanner.rest();
      if (scanner.hasError) exchange.errorCode = "upstream_error";
      response.end(rest.length > 0 ? rest : undefined);
      finish();
    }

    function onError(): void {
      // Our own abort comes back as the body's error; the client's leaving has been dealt with then.
      if (scanner.isDone) onEnd();
      else fail("stream_interrupted");
    }

    function fail(code: ErrorCode, message?: string): void {
      if (isOver) return;
      exchange.errorCode = code;
      const event = errorBody(code, message === undefined ? {} : { message: `${message} Send the request again.` });
      response.end(`data: ${JSON.stringify(event)}\n\n`);
      finish();
    }

    function finish(): void {
      if (isOver) return;
      isOver = true;
      clearTimeout(idle);
      response.off("drain", onDrain).off("close", finish);
      body.off("data", onData).off("end", onEnd).off("error", onError);
      body.destroy();
      release();
      exchange.promptTokens = scanner.usage?.promptTokens;
      exchange.completionTokens = scanner.usage?.completionTokens ?? scanner.textEvents;
      resolve();
    }

    response.writeHead(200, { ...exchange.headers, ...STREAM_HEADERS });
    response.on("drain", onDrain).on("close", finish);
    body.on("end", onEnd).on("error", onError);
    if (response.destroyed) return finish();
    onData(first);
    body.on("data", onData);
    // It may have broken between its first bytes and the listeners above.
    if (body.errored !== null) return onError();
    if (!response.writableNeedDrain) body.resume();
  });
}
