import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import { type ErrorCode, errorBody } from "../../contracts/api/errors.ts";
import { ClientGone } from "../core/gateway-error.ts";
import type { GatewayResponse } from "../core/response.ts";
import { SseReader } from "../dialects/inner/sse-reader.ts";
import { bodyChunks, wholeBody } from "../in-process/byte-queue.ts";
import { type ByteBudget, type ByteHolder, HeldBytes } from "../shares/byte-budget.ts";
import { ReceivedBytes } from "./received-bytes.ts";

/** Serves one request with this body. Never rejects. */
export type PostChat = (body: Buffer, signal: AbortSignal) => Promise<GatewayResponse>;

export interface ChatSocketOptions {
  readonly post: PostChat;
  /** Bytes of bodies that may wait for their turn. */
  readonly maxWaitingBytes: number;
  /** The connection under the socket, whose bytes are counted as they arrive. */
  readonly connection: Duplex;
  /** Of all sockets together: what they have received and not yet served, and what they have not yet sent. */
  readonly budget: ByteBudget;
  /** Milliseconds without a request after which the socket is closed. */
  readonly idleMs: number;
}

/** Bytes that the client has not read, above which the next part is not taken from the engine. */
const MAX_BUFFERED_BYTES = 1024 * 1024;
/** Messages that may wait for their turn. */
const MAX_WAITING = 16;
/** Milliseconds that a refused client has to close its side. */
const REFUSED_MS = 2000;
const DONE = "[DONE]";
/** Close codes of RFC 6455, section 7.4.1, and of IANA's registry. */
const CLOSE = { goingAway: 1001, unsupportedData: 1003, policyViolation: 1008, tryAgainLater: 1013 } as const;

/**
 * One client's WebSocket: each text message is the body of a chat completion; its response is its events' data, one
 * text message each, and ends with `[DONE]` or with an error body. Requests are served one after the other; when the
 * client closes, or is refused, the running one is aborted and the waiting ones never start.
 */
export class ChatSocket implements ByteHolder {
  readonly held = new HeldBytes();
  readonly #socket: WebSocket;
  readonly #options: ChatSocketOptions;
  readonly #gone = new AbortController();
  readonly #waiting: Buffer[] = [];
  readonly #received: ReceivedBytes;
  #waitingBytes = 0;
  #isBusy = false;
  #isLeaving = false;
  #isRevoked = false;
  /** Whether the client has sent a pong for the last ping. */
  #isAlive = true;
  #usedAt = performance.now();

  constructor(socket: WebSocket, options: ChatSocketOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#received = new ReceivedBytes(options.budget, this);
    // Before the library's own listener, which reports the frames of a chunk while it takes it.
    options.connection.prependListener("data", (chunk: Buffer) => this.#received.chunk(chunk.length));
    socket.on("message", (data, isBinary) => this.#take(data, isBinary));
    socket.on("ping", (data) => this.#received.control(data.length));
    socket.on("pong", (data) => {
      this.#received.control(data.length);
      this.#isAlive = true;
    });
    // Always followed by `close`; unheard it would end the process.
    socket.on("error", () => undefined);
    socket.on("close", () => this.#drop());
  }

  /** Sends a ping, and closes the connection of a client that sent no pong for the last one, or no request for long. */
  beat(): void {
    const isIdle = !this.#isBusy && performance.now() - this.#usedAt > this.#options.idleMs;
    if (isIdle && !this.#gone.signal.aborted)
      return this.#refuse(CLOSE.goingAway, "No request for long. Connect again.");
    if (!this.#isAlive) return this.#socket.terminate();
    this.#isAlive = false;
    this.#socket.ping();
  }

  /** Lets the request that runs finish, then closes. */
  leave(): void {
    this.#isLeaving = true;
    if (!this.#isBusy) this.#socket.close(CLOSE.goingAway, "This gateway is being replaced. Connect again.");
  }

  /** The key was revoked: closes the socket once the request that runs has ended, which it does for the same reason. */
  revoke(): void {
    this.#isRevoked = true;
    if (!this.#isBusy && !this.#gone.signal.aborted) this.#refuse(CLOSE.policyViolation, "The API key is not valid.");
  }

  terminate(): void {
    this.#socket.terminate();
  }

  /** Called when all sockets together hold too much, and this one the most of it. */
  evict(): void {
    if (this.#gone.signal.aborted) return;
    // A client that does not read would not see a reason either, and what waits for it has to go now.
    if (this.#socket.bufferedAmount > 0) this.#socket.terminate();
    else this.#refuse(CLOSE.tryAgainLater, "The gateway holds too many requests. Try again later.");
    this.#drop();
  }

  #take(data: unknown, isBinary: boolean): void {
    if (Buffer.isBuffer(data)) this.#received.message(data.length);
    if (this.#isLeaving || this.#isRevoked || this.#gone.signal.aborted) return;
    if (isBinary || !Buffer.isBuffer(data)) {
      return this.#refuse(CLOSE.unsupportedData, "Send each request as one text message.");
    }
    if (this.#waiting.length >= MAX_WAITING || this.#waitingBytes + data.length > this.#options.maxWaitingBytes) {
      return this.#refuse(CLOSE.policyViolation, "Too many requests are waiting. Wait for [DONE].");
    }
    this.#waitingBytes += data.length;
    this.#waiting.push(data);
    this.#options.budget.hold(this, data.length);
    if (!this.#isBusy) void this.#respondToAll();
  }

  /** Closes the socket from this side. What still comes is dropped; the connection ends soon, whatever the client does. */
  #refuse(code: number, reason: string): void {
    this.#socket.close(code, reason);
    this.#drop();
    const timer = setTimeout(() => this.#socket.terminate(), REFUSED_MS);
    this.#socket.once("close", () => clearTimeout(timer));
  }

  /** Aborts the request that runs and forgets those that wait. */
  #drop(): void {
    this.#gone.abort(new ClientGone());
    this.#waiting.length = 0;
    this.#waitingBytes = 0;
    this.#options.budget.forget(this);
  }

  /** Never rejects. */
  async #respondToAll(): Promise<void> {
    this.#isBusy = true;
    for (let body = this.#next(); body !== undefined; body = this.#next()) {
      await this.#respond(body);
      this.#options.budget.release(this, body.length);
    }
    this.#isBusy = false;
    this.#usedAt = performance.now();
    if (this.#isRevoked) this.revoke();
    else if (this.#isLeaving) this.leave();
  }

  #next(): Buffer | undefined {
    if (this.#isLeaving || this.#isRevoked || this.#gone.signal.aborted) return undefined;
    const body = this.#waiting.shift();
    this.#waitingBytes -= body?.length ?? 0;
    return body;
  }

  async #respond(body: Buffer): Promise<void> {
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

  /** Waits while the client reads more slowly than the engine sends. Rejects when the client has left. */
  async #send(text: string): Promise<void> {
    const { signal } = this.#gone;
    signal.throwIfAborted();
    const { budget } = this.#options;
    const bytes = Buffer.from(text);
    budget.hold(this, bytes.length);
    const sent = new Promise<void>((resolve, reject) =>
      // Also called, with an error, when the connection ends.
      this.#socket.send(bytes, { binary: false }, (error) => {
        budget.release(this, bytes.length);
        if (error) reject(error);
        else resolve();
      }),
    );
    if (this.#socket.bufferedAmount <= MAX_BUFFERED_BYTES && !budget.isTight) {
      sent.catch(() => undefined);
      return;
    }
    await sent;
    signal.throwIfAborted();
  }
}

function isError(data: string): boolean {
  return data.startsWith('{"error"');
}
