import { afterRead, type ReadFollower } from "../after-read.ts";
import { BoundedBytes } from "../bounded-bytes.ts";
import { HeldChunks } from "./held-chunks.ts";

/** Where a body's bytes come from: the connection, or what unpacks them. */
export interface BodySource {
  pause(): void;
  resume(): void;
  /** Ends the call. */
  abort(reason: Error): void;
}

/** The reader of a response's bytes. */
export interface BodyReader {
  onData(chunk: Buffer): void;
  /** Called once. @param error why the response broke off; `undefined` when all of it has come */
  onEnd(error: Error | undefined): void;
}

/** What is held for a reader that isn't there yet, in bytes; above it the connection is held back. */
const MAX_HELD_BYTES = 65_536;

/**
 * Once the reader got this much, the connection is held back until the next turn of the event loop. In one turn libuv reads
 * a full socket up to 32 times, 64 KiB each, and 64 KiB can have 700 events that are translated.
 */
const MAX_BYTES_IN_TURN = 32_768;
/** The same of chunks, whatever their size: 64 KiB of a socket have 11,000 chunks of one byte. */
const MAX_CHUNKS_IN_TURN = 1024;

/**
 * The bytes of a response, for one reader: bytes that come before it reads, or while it pauses, are held. A Node stream
 * costs as much as the request itself, and outlives a scavenge (docs/decisions/039).
 */
export class UpstreamBody implements ReadFollower {
  readonly #source: BodySource;
  readonly #held = new HeldChunks();
  #reader: BodyReader | undefined;
  #isPaused = false;
  /** Whether the connection is held back because the reader is behind. */
  #isHeldBack = false;
  #isHandOnDue = false;
  /** Whether the reader got as much as it may in this turn. */
  #isWaiting = false;
  #ended: { readonly error: Error | undefined } | undefined;
  #isClosed = false;
  /** Callbacks that wait for the first bytes. */
  #wake: (() => void) | undefined;

  constructor(source: BodySource) {
    this.#source = source;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Resolves with the first bytes, which stay for the reader; with `undefined` when there are none. @throws what broke it off */
  async first(): Promise<Buffer | undefined> {
    if (this.#held.first === undefined && this.#ended === undefined)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    const { first } = this.#held;
    if (first === undefined && this.#ended?.error !== undefined) throw this.#ended.error;
    return first;
  }

  /** Takes the next bytes, for a look before there is a reader; `undefined` at their end. @throws what broke it off */
  async next(): Promise<Buffer | undefined> {
    await this.first();
    const bytes = this.#held.take();
    if (bytes === undefined) return undefined;
    if (this.#isHeldBack && !this.#isWaiting) {
      this.#isWaiting = true;
      setImmediate(UpstreamBody.#readOn, this);
    }
    return bytes;
  }

  /** Hands on what is held, at once, and then what comes. */
  read(reader: BodyReader): void {
    this.#reader = reader;
    this.#handOn();
  }

  /**
   * The bytes; `undefined` when there are more than the limit, or where they are not wanted, and then the rest is not read.
   * @param isWanted looks at each piece as it comes. @default - all are wanted
   * @throws what broke it off
   */
  whole(limitBytes: number, isWanted: (chunk: Buffer) => boolean = () => true): Promise<Buffer | undefined> {
    return new Promise((resolve, reject) => {
      const bytes = new BoundedBytes(limitBytes);
      this.read({
        onData: (chunk) => {
          if (isWanted(chunk) && bytes.push(chunk)) return;
          this.close();
          resolve(undefined);
        },
        onEnd: (error) => (error === undefined ? resolve(bytes.whole()) : reject(error)),
      });
    });
  }

  /** The reader gets no bytes until `resume`; an error still reaches it. */
  pause(): void {
    this.#isPaused = true;
    this.#isHeldBack = true;
    this.#source.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#handOn();
  }

  /** The reader leaves and is not called again. Aborts the call where it isn't over. */
  close(): void {
    this.#reader = undefined;
    this.#held.take();
    this.#isClosed = true;
    if (this.#ended === undefined) this.#source.abort(new Error("The reader of the response has left."));
  }

  /** Ends the call for a reason of our own, which the reader gets at once. */
  refuse(reason: Error): void {
    const reader = this.#reader;
    this.close();
    reader?.onEnd(reason);
  }

  /** For the receiver of the response: its next bytes. Those of one read of the socket reach the reader together. */
  push(chunk: Buffer): void {
    if (this.#isClosed) return;
    this.#held.push(chunk);
    const isMuch = this.#held.bytes > MAX_HELD_BYTES || this.#held.chunks >= MAX_CHUNKS_IN_TURN;
    if (isMuch && !this.#isHeldBack) {
      this.#isHeldBack = true;
      this.#source.pause();
    }
    this.#awake();
    if (this.#isHandOnDue || this.#reader === undefined || this.#isPaused) return;
    this.#isHandOnDue = true;
    afterRead(this);
  }

  /** For the receiver of the response: it is over. An error reaches the reader at once, even one that pauses. */
  end(error?: Error): void {
    if (this.#ended !== undefined) return;
    // Bytes of this very read of the socket came before the error.
    if (error !== undefined) {
      this.#isWaiting = false;
      this.#handOn();
    }
    if (this.#ended !== undefined) return;
    this.#ended = { error };
    this.#awake();
    if (error === undefined) this.#handOn();
    else this.#notifyEnd(error);
  }

  /** Once: to resolve a promise again costs more than to hand a chunk on, as Node hears of each time. */
  #awake(): void {
    const wake = this.#wake;
    if (wake === undefined) return;
    this.#wake = undefined;
    wake();
  }

  /** The bytes of the read are there, for the reader together. */
  onReadEnd(): void {
    this.#isHandOnDue = false;
    this.#handOn();
  }

  #handOn(): void {
    while (this.#reader !== undefined && !this.#isPaused && !this.#isWaiting) {
      const { chunks } = this.#held;
      const bytes = this.#held.take();
      if (bytes === undefined) return this.#caughtUp();
      this.#reader.onData(bytes);
      if (bytes.length > MAX_BYTES_IN_TURN || chunks >= MAX_CHUNKS_IN_TURN) return this.#waitForNextTurn();
    }
  }

  #waitForNextTurn(): void {
    if (this.#reader === undefined) return;
    this.#isWaiting = true;
    if (!this.#isHeldBack && this.#ended === undefined) {
      this.#isHeldBack = true;
      this.#source.pause();
    }
    setImmediate(UpstreamBody.#continue, this);
  }

  static #continue(body: UpstreamBody): void {
    body.#isWaiting = false;
    body.#handOn();
  }

  /** In the turn after a look: its reader may be there by now. */
  static #readOn(body: UpstreamBody): void {
    if (body.#reader !== undefined) return UpstreamBody.#continue(body);
    body.#isWaiting = false;
    if (body.#held.first === undefined && !body.#isClosed) body.#caughtUp();
  }

  #caughtUp(): void {
    if (this.#ended !== undefined) return this.#notifyEnd(this.#ended.error);
    if (!this.#isHeldBack) return;
    this.#isHeldBack = false;
    this.#source.resume();
  }

  #notifyEnd(error: Error | undefined): void {
    const reader = this.#reader;
    this.#reader = undefined;
    reader?.onEnd(error);
  }
}
