import { once } from "node:events";
import type { WebSocket } from "ws";
import { type ErrorCode, errorBody } from "../../contracts/errors.ts";
import { bodyChunks, wholeBody } from "../core/byte-queue.ts";
import { ClientGone } from "../core/gateway-error.ts";
import type { GatewayResponse } from "../core/response.ts";
import { SseReader } from "../dialects/inner/sse-reader.ts";

/** Serves one request with this body. Never rejects. */
export type PostChat = (body: Buffer, signal: AbortSignal) => Promise<GatewayResponse>;

export interface ChatSocketOptions {
  readonly post: PostChat;
  /** Bytes of bodies that may wait for their turn. */
  readonly maxWaitingBytes: number;
}

/** What is said before the next part is taken from the engine: bytes that the client has not taken yet. */
const MAX_BUFFERED_BYTES = 1024 * 1024;
/** Messages that may wait for their turn. */
const MAX_WAITING = 16;
const DONE = "[DONE]";
/** Close codes of RFC 6455, section 7.4.1. */
const CLOSE = { goingAway: 1001, unsupportedData: 1003, policyViolation: 1008 } as const;

/**
 * One client's WebSocket: each text message is the body of a chat completion, answered by its events' data, one text
 * message each. A request ends with `[DONE]` or with an error body. Requests are answered one after the other; when the
 * client closes, the one that runs is aborted and the others never start.
 */
export class ChatSocket {
  readonly #socket: WebSocket;
  readonly #options: ChatSocketOptions;
  readonly #gone = new AbortController();
  readonly #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #isBusy = false;
  #isLeaving = false;
  /** Whether the client has answered the last ping. */
  #isAlive = true;

  constructor(socket: WebSocket, options: ChatSocketOptions) {
    this.#socket = socket;
    this.#options = options;
    socket.on("message", (data, isBinary) => this.#take(data, isBinary));
    socket.on("pong", () => {
      this.#isAlive = true;
    });
    // Always followed by `close`; unheard it would end the process.
    socket.on("error", () => undefined);
    socket.on("close", () => this.#gone.abort(new ClientGone()));
  }

  /** Asks whether the client is still there, and hangs up when it did not answer the last time. */
  beat(): void {
    if (!this.#isAlive) return this.#socket.terminate();
    this.#isAlive = false;
    this.#socket.ping();
  }

  /** Lets the request that runs finish, then closes. */
  leave(): void {
    this.#isLeaving = true;
    if (!this.#isBusy) this.#socket.close(CLOSE.goingAway, "This gateway is being replaced. Connect again.");
  }

  terminate(): void {
    this.#socket.terminate();
  }

  #take(data: unknown, isBinary: boolean): void {
    if (this.#isLeaving || this.#gone.signal.aborted) return;
    if (isBinary || !Buffer.isBuffer(data)) {
      return this.#socket.close(CLOSE.unsupportedData, "Send each request as one text message.");
    }
    this.#waitingBytes += data.length;
    this.#waiting.push(data);
    if (this.#waiting.length > MAX_WAITING || this.#waitingBytes > this.#options.maxWaitingBytes) {
      return this.#socket.close(CLOSE.policyViolation, "Too many requests are waiting. Wait for [DONE].");
    }
    if (!this.#isBusy) void this.#answerAll();
  }

  /** Never rejects. */
  async #answerAll(): Promise<void> {
    this.#isBusy = true;
    for (let body = this.#next(); body !== undefined; body = this.#next()) await this.#answer(body);
    this.#isBusy = false;
    if (this.#isLeaving) this.leave();
  }

  #next(): Buffer | undefined {
    if (this.#isLeaving || this.#gone.signal.aborted) return undefined;
    const body = this.#waiting.shift();
    this.#waitingBytes -= body?.length ?? 0;
    return body;
  }

  async #answer(body: Buffer): Promise<void> {
    const { signal } = this.#gone;
    try {
      const response = await this.#options.post(body, signal);
      if (!response.headers["content-type"]?.startsWith("text/event-stream")) {
        await this.#send((await wholeBody(response)).toString("utf8"));
        if (response.status === 200) await this.#send(DONE);
        return;
      }
      const events = new SseReader();
      let last = "";
      for await (const chunk of bodyChunks(response))
        for (const { data } of events.push(chunk)) {
          last = data;
          await this.#send(data);
        }
      if (last !== DONE && !isError(last)) await this.#fail("stream_interrupted");
    } catch {
      if (!signal.aborted) await this.#fail("internal_error").catch(() => undefined);
    }
  }

  #fail(code: ErrorCode): Promise<void> {
    return this.#send(JSON.stringify(errorBody(code)));
  }

  /** Waits while the client takes less than the engine gives. Rejects when it has gone. */
  async #send(text: string): Promise<void> {
    const { signal } = this.#gone;
    signal.throwIfAborted();
    const sent = new Promise<void>((resolve, reject) =>
      this.#socket.send(text, (error) => (error ? reject(error) : resolve())),
    );
    if (this.#socket.bufferedAmount <= MAX_BUFFERED_BYTES) {
      sent.catch(() => undefined);
      return;
    }
    await Promise.race([sent, once(signal, "abort")]);
    signal.throwIfAborted();
  }
}

function isError(data: string): boolean {
  return data.startsWith('{"error"');
}
