import type { ErrorCode } from "../../../contracts/api/errors.ts";
import type { StreamTranslator } from "../../core/dialect.ts";
import { RequestEnded } from "../../core/gateway-error.ts";
import type { StreamProgress } from "../../core/record.ts";
import type { ByteSink, StreamBody } from "../../core/response.ts";
import { UpstreamFailure } from "../../core/upstream-failure.ts";
import { DONE_EVENT, withoutInnerFields } from "../../dialects/inner/chat-events.ts";
import type { BodyReader } from "../../http/upstream/upstream-body.ts";
import type { EventScanner } from "../../relay/event-scanner.ts";
import type { StreamHold } from "../../shares/stream-memory.ts";
import { IdleWatch } from "./idle-watch.ts";
import { errorEvent, isDone } from "./last-events.ts";
import { newScanner } from "./new-scanner.ts";
import type { StreamRelayOptions, StreamResponse } from "./stream-relay-options.ts";
import { streamTokens } from "./stream-tokens.ts";

const DONE = Buffer.from(DONE_EVENT);
const BLANK_LINE = Buffer.from("\n\n");
/** Of an upstream, to end its response after `[DONE]`: its connection can be used again then. */
const END_AFTER_DONE_MS = 1000;

/**
 * Passes an upstream's events on as they come and as fast as the client takes them. An upstream that dies or falls
 * silent ends the stream with an error event and without `[DONE]`; a client that leaves ends the call to the upstream.
 * An error of our own ends the stream with an error event too, and does not count against the upstream.
 */
export class StreamRelay implements StreamBody, BodyReader, StreamProgress {
  readonly kind = "stream";
  readonly #response: StreamResponse;
  readonly #options: StreamRelayOptions;
  readonly #scanner: EventScanner;
  readonly #encoder: StreamTranslator | undefined;
  readonly #hold: StreamHold | undefined;
  readonly #ended = Promise.withResolvers<void>();
  /** The last event, which is sent once it is true; the upstream is released meanwhile. */
  #held: Promise<void> | undefined = undefined;
  #sink: ByteSink | undefined = undefined;
  /** Of the upstream that sends, and of the client that takes. */
  #idle: IdleWatch | undefined = undefined;
  /** Of an upstream that has sent the end of its response. */
  #endTimer: NodeJS.Timeout | undefined = undefined;
  #isOver = false;
  #isAborted = false;
  /** Whether the upstream broke the stream off. */
  #isBroken = false;
  #errorCode: ErrorCode | undefined = undefined;
  #firstTokenAt: number | undefined = undefined;
  #lastTokenAt: number | undefined = undefined;

  constructor(response: StreamResponse, options: StreamRelayOptions) {
    this.#response = response;
    this.#options = options;
    this.#scanner = newScanner(response, options);
    this.#encoder = options.newEncoder?.();
    this.#hold = options.memory?.open(() => this.#endInError("upstream_error"));
  }

  send(sink: ByteSink): Promise<void> {
    this.#sink = sink;
    this.#options.record.note({ progress: this });
    const { idleSeconds, now } = this.#options;
    this.#idle = new IdleWatch({ idleMs: idleSeconds * 1000, now, onIdle: () => this.#run(() => this.#onIdle()) });
    sink.onDrain(() => this.#run(() => this.#onDrain()));
    sink.onClose(() => this.#finish());
    this.#options.abort?.addEventListener("abort", this.#onAbort);
    if (sink.isClosed) this.#finish();
    else {
      this.#run(() => this.#relay(this.#response.begun));
      this.#response.body.read(this);
    }
    return this.#ended.promise;
  }

  /** Of the response so far, for whoever looks at requests in progress. */
  get completionTokens(): number {
    return this.#scanner.estimatedTokens;
  }

  get firstTokenAt(): number | undefined {
    return this.#firstTokenAt;
  }

  onData(chunk: Buffer): void {
    try {
      this.#pass(chunk);
    } catch (error) {
      this.#breakOff(error);
    }
  }

  onEnd(error: Error | undefined): void {
    this.#run(() => {
      if (error === undefined) this.#onSourceEnd();
      else if (error instanceof RequestEnded) this.#onAbort();
      else if (this.#options.signal.aborted) this.#finish();
      else if (this.#scanner.isDone) this.#onSourceEnd();
      else this.#fail("stream_interrupted", undefined, error);
    });
  }

  /** A callback of a timer or socket may not throw: it would end the process, or count against the upstream. */
  #run(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.#breakOff(error);
    }
  }

  #pass(chunk: Buffer): void {
    if (this.#isOver) return;
    this.#idle?.active();
    // Bytes after the end are dropped, and the connection can't be used again.
    if (this.#scanner.isDone) return this.#onSourceEnd();
    this.#relay(this.#response.translator.push(chunk));
  }

  /** @param bytes of OpenAI's dialect */
  #relay(bytes: Buffer): void {
    const { isTranslated, body } = this.#response;
    const passed = this.#scan(bytes);
    if (passed.length > 0 && this.#sink?.write(passed) === false) body.pause();
    if (this.#scanner.isDone) this.#watchEnd();
    // A translator writes nothing after an error, so the rest of its source is not read.
    if (!this.#scanner.hasError) return this.#encoder?.failure === undefined ? this.#holdMore() : this.#endFailed();
    if (isTranslated) this.#onSourceEnd();
    else if (this.#options.hidesErrors === true || this.#scanner.isMalformed) this.#endInError("upstream_error");
  }

  /** Holds no more than a stream may: it ends with an error otherwise. */
  #holdMore(): void {
    const { translator } = this.#response;
    if (!this.#isOver) this.#hold?.set((this.#encoder?.heldBytes ?? 0) + (translator.heldBytes ?? 0));
  }

  /** The client has the event of the error, as these events are none of a response that its dialect can express. */
  #endFailed(): void {
    if (this.#isOver) return;
    this.#sink?.end();
    this.#finish();
  }

  /** Counts what is in these bytes of OpenAI's dialect. @returns the client's bytes of it, in its own dialect */
  #scan(bytes: Buffer): Buffer {
    this.#options.recording?.push(bytes);
    const textBefore = this.#scanner.textEvents;
    const passed = this.#scanner.push(bytes);
    if (this.#scanner.textEvents > textBefore) {
      this.#lastTokenAt = this.#idle?.lastActiveAt;
      this.#firstTokenAt ??= this.#lastTokenAt;
    }
    if (this.#encoder !== undefined) return this.#encoder.push(passed);
    return this.#response.isTranslated ? withoutInnerFields(passed) : passed;
  }

  #onDrain(): void {
    if (this.#isOver) return;
    this.#idle?.active();
    this.#response.body.resume();
  }

  /** The client has all of its response: it does not wait for an upstream that leaves the connection open. */
  #watchEnd(): void {
    this.#idle?.stop();
    if (this.#isOver) return;
    clearTimeout(this.#endTimer);
    this.#endTimer = setTimeout(() => this.#run(() => this.#onSourceEnd()), END_AFTER_DONE_MS);
  }

  #onIdle(): void {
    if (this.#scanner.isDone) return this.#onSourceEnd();
    // A paused body means that the client reads nothing: it would not read an error event either.
    const { idleSeconds } = this.#options;
    if (!this.#response.body.isPaused) return this.#fail("timeout", `The model sent nothing for ${idleSeconds} s.`);
    this.#isAborted = true;
    this.#sink?.destroy();
    this.#finish();
  }

  /** The key was revoked, or an operator stopped the request. A client that reads nothing would not read the error event either. */
  readonly #onAbort = (): void => {
    const { abort, record } = this.#options;
    if (this.#isOver || !(abort?.reason instanceof RequestEnded)) return;
    const { code, options, message } = abort.reason;
    record.note({ rule: options.rule });
    if (!this.#response.body.isPaused) return this.#run(() => this.#endInError(code, message));
    this.#errorCode = code;
    this.#sink?.destroy();
    this.#finish();
  };

  #onSourceEnd(): void {
    if (this.#isOver) return;
    const last = this.#scan(this.#response.translator.end());
    if (last.length > 0) this.#sink?.write(last);
    if (this.#scanner.isMalformed) return this.#endInError("upstream_error");
    // Some servers end with the last event's own line.
    if (isDone(this.#scanner.rest())) this.#sink?.write(this.#scan(BLANK_LINE));
    if (this.#isWholeWithoutDone()) this.#sink?.write(this.#scan(DONE));
    if (!this.#scanner.isDone && !this.#scanner.hasError) return this.#fail("stream_interrupted");
    if (this.#scanner.hasError) this.#errorCode = "upstream_error";
    this.#end(this.#scanner.rest());
    this.#finish();
  }

  /** Some servers end with the reason why the model stopped, and never send `[DONE]`. */
  #isWholeWithoutDone(): boolean {
    const { isDone, hasError, hasFinish } = this.#scanner;
    return !isDone && !hasError && this.#scanner.rest().length === 0 && hasFinish;
  }

  /** @param error why the source broke off. @default - it ended or fell silent */
  #fail(code: ErrorCode, message?: string, error?: Error): void {
    if (this.#isOver) return;
    // The whole time of a response is no fault of the upstream's.
    this.#isBroken = !(error instanceof UpstreamFailure) || error.health === "bad";
    this.#endInError(code, message);
  }

  #endInError(code: ErrorCode, message?: string): void {
    if (this.#isOver) return;
    this.#errorCode = code;
    this.#end(errorEvent(code, message));
    this.#finish();
  }

  /** Ends the stream for an error of our own. The translator may be what failed, so a new one writes the event. */
  #breakOff(failure: unknown): void {
    if (this.#isOver) return;
    this.#errorCode = "internal_error";
    this.#options.record.note({ failure });
    try {
      const event = errorEvent("internal_error");
      const encoder = this.#options.newEncoder?.();
      this.#sink?.end(encoder === undefined ? event : encoder.push(event));
    } catch {
      this.#sink?.destroy();
    }
    this.#finish();
  }

  /** @param bytes the last ones, of OpenAI's dialect */
  #end(bytes: Buffer): void {
    const encoder = this.#encoder;
    const last = encoder === undefined ? bytes : Buffer.concat([encoder.push(bytes), encoder.end()]);
    const held = encoder?.lastEvent?.();
    if (held === undefined) return this.#sink?.end(last.length > 0 ? last : undefined);
    if (last.length > 0) this.#sink?.write(last);
    this.#held = held.then((event) => this.#sink?.end(event));
  }

  #finish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#idle?.stop();
    clearTimeout(this.#endTimer);
    this.#options.abort?.removeEventListener("abort", this.#onAbort);
    try {
      this.#close();
    } catch (failure) {
      this.#options.record.note({ failure });
    } finally {
      if (this.#held === undefined) this.#ended.resolve();
      else this.#held.then(this.#ended.resolve, this.#ended.reject);
    }
  }

  #close(): void {
    const { body, settle, translator } = this.#response;
    this.#errorCode ??= this.#encoder?.failure?.error.code;
    this.#hold?.end();
    const { recording, signal, onEnd } = this.#options;
    body.close();
    settle(this.#isBroken ? "interrupted" : "ok", streamTokens(this.#scanner, translator));
    try {
      const isAborted = this.#isAborted || signal.aborted;
      this.#note(isAborted);
      recording?.end(this.#scanner.isDone && this.#errorCode === undefined && !isAborted);
    } finally {
      onEnd?.();
    }
  }

  #note(isAborted: boolean): void {
    this.#options.record.note({
      ...streamTokens(this.#scanner, this.#response.translator),
      firstTokenAt: this.#firstTokenAt,
      lastTokenAt: this.#lastTokenAt,
      ...(this.#errorCode === undefined ? {} : { errorCode: this.#errorCode }),
      ...(isAborted ? { isAborted } : {}),
    });
  }
}
