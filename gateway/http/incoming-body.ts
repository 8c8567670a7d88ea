import type { IncomingMessage, ServerResponse } from "node:http";
import { ClientGone, GatewayError } from "../core/gateway-error.ts";
import type { RequestBody } from "../core/request.ts";
import { requestTooLarge } from "../core/request-too-large.ts";
import { BoundedBytes } from "./bounded-bytes.ts";
import type { ReceivingBodies } from "./connections/receiving-bodies.ts";
import { ignoreError } from "./ignore-error.ts";

/** Node reads a socket in pieces of this size: a longer body has not come with its head. */
const ONE_READ_BYTES = 65_536;
const EMPTY = Buffer.alloc(0);

/** The body of a request on a socket. A client that waits for `100 Continue` gets it when the body is first read. */
export class IncomingBody implements RequestBody {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #receiving: ReceivingBodies;

  constructor(request: IncomingMessage, response: ServerResponse, receiving: ReceivingBodies) {
    this.#request = request;
    this.#response = response;
    this.#receiving = receiving;
  }

  /**
   * @throws {GatewayError} `request_too_large`: at once when the length is announced, else as soon as it is passed
   * @throws {GatewayError} `overloaded` when all bodies that arrive are too much, and those of this tenant the most
   * @throws {ClientGone}
   */
  whole(limitBytes: number, tenant: string): Buffer | Promise<Buffer> {
    const request = this.#request;
    const length = Number(request.headers["content-length"] ?? 0);
    if (length > limitBytes) throw requestTooLarge(limitBytes);
    // The parser hands over the head before it looks at the rest of the same packet.
    if (!request.complete && length <= ONE_READ_BYTES && request.headers.expect === undefined)
      return nextTurn().then(() => this.#whole(limitBytes, tenant));
    return this.#whole(limitBytes, tenant);
  }

  #whole(limitBytes: number, tenant: string): Buffer | Promise<Buffer> {
    return this.#request.complete ? this.#arrived(limitBytes) : this.#receive(limitBytes, tenant);
  }

  /** Without listeners: nothing is left to wait for. */
  #arrived(limitBytes: number): Buffer {
    const bytes: Buffer = this.#request.read() ?? EMPTY;
    if (bytes.length > limitBytes) throw requestTooLarge(limitBytes);
    return bytes;
  }

  #receive(limitBytes: number, tenant: string): Promise<Buffer> {
    const request = this.#request;
    if (request.destroyed) throw new ClientGone();
    this.#begin();
    return new Promise((resolve, reject) => {
      const bytes = new BoundedBytes(limitBytes);
      const finish = (error: Error | undefined) => {
        receiving.end();
        request.off("data", onData).off("end", onEnd).off("close", onClose);
        if (error === undefined) resolve(bytes.whole());
        else reject(error);
      };
      const receiving = this.#receiving.open(tenant, () => finish(new GatewayError("overloaded")));
      const onData = (chunk: Buffer) => {
        receiving.received(chunk.length);
        if (!bytes.push(chunk)) finish(requestTooLarge(limitBytes));
      };
      const onEnd = () => finish(undefined);
      const onClose = () => finish(new ClientGone());
      request.on("data", onData).on("end", onEnd).on("close", onClose);
    });
  }

  async *chunks(): AsyncGenerator<Buffer> {
    const request = this.#request;
    this.#begin();
    try {
      // By itself a stream whose reader leaves is destroyed, and with it the connection that the response needs.
      for await (const chunk of request.iterator({ destroyOnReturn: false })) yield Buffer.from(chunk);
    } catch (error) {
      throw request.errored === null ? error : new ClientGone();
    } finally {
      // The rest is read and dropped, so that the client reads our response and its connection stays usable.
      request.resume();
    }
  }

  #begin(): void {
    if (this.#request.headers.expect !== undefined) this.#response.writeContinue();
    // An error is always followed by `close`; without a listener it would end the process.
    this.#request.on("error", ignoreError);
  }
}

/** Resolves when the events that have come are handled. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
