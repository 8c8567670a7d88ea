import { randomUUID } from "node:crypto";
import { type IncomingHttpHeaders, type IncomingMessage, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import { type ErrorCode, errorBody, errorEntry } from "../../contracts/api/errors.ts";
import type { GenerationRoute } from "../../contracts/api/generation-routes.ts";
import { EDGE_REQUEST_ID_HEADER, REQUEST_ID_HEADER } from "../../contracts/api/headers.ts";
import { addressBucket } from "../../domain/client-address.ts";
import type { GatewayRequest, RequestRefusal } from "../core/request.ts";
import type { GatewayResponse } from "../core/response.ts";
import { ignoreError } from "../http/ignore-error.ts";
import { requestPath } from "../http/request-path.ts";
import { bufferedBody } from "../in-process/buffered-body.ts";
import { wholeBody } from "../in-process/byte-queue.ts";
import type { KeyRevocations } from "../keys/key-revocations.ts";
import { ByteBudget } from "../shares/byte-budget.ts";
import { CallerShares, type CallerSharesOptions, type NoShare } from "../shares/caller-shares.ts";
import { ChatSocket } from "./chat-socket.ts";

const CHAT_PATH: GenerationRoute = "/v1/chat/completions";

export interface ChatSocketsOptions {
  /** Serves a request. Never rejects. */
  readonly handle: (request: GatewayRequest) => Promise<GatewayResponse>;
  /** Largest body of a request. */
  readonly bodyLimitBytes: number;
  /** Whether pages of this origin may call the API. */
  readonly allowsOrigin: (origin: string) => boolean;
  /** Tells when a key is revoked. @default - sockets of a revoked key stay open, and their requests are refused */
  readonly revocations?: Pick<KeyRevocations, "watch"> | undefined;
  /** Id with whose revocation a socket ends, by the headers of its handshake. @default - it ends by itself */
  readonly watchedId?: (headers: IncomingHttpHeaders) => string | undefined;
  /** Milliseconds between two pings of a client. @default 30000 */
  readonly heartbeatMs?: number;
  /** Milliseconds after which a socket without a request is closed. @default 600000 */
  readonly idleMs?: number;
  /** Sockets that may be open at once. @default - 4,096, and 512 of one address */
  readonly shares?: CallerSharesOptions;
}

/** Within the 60 s after which a load balancer closes a silent connection. */
const HEARTBEAT_MS = 30_000;
/** Open sockets of one thread, each of some tens of kilobytes, and those of one address: an office of people. */
export const SOCKETS = { most: 4096, mostPerCaller: 512 } as const;
/** A socket without a request for so long is closed, as API Gateway's own WebSockets are. */
const IDLE_MS = 600_000;
/**
 * Bytes of requests and unsent responses of all sockets of one thread, or of four of the largest requests where these
 * are larger. A gateway's machine has at least 1 GiB for two threads.
 */
const MAX_HELD_BYTES = 64 * 1024 * 1024;
/** Fragments of one message. Each costs some 100 bytes beside its own; browsers send a message in one. */
const MAX_FRAGMENTS = 1024;
/** Least bytes of the connection's chunks on average: a chunk costs some 300 bytes beside its own, until its frame is whole. */
const MIN_CHUNK_BYTES = 512;
/** Chunks of a small frame, whose client may send it byte by byte. */
const MIN_CHUNKS = 1024;
/** What belongs to the handshake, or to one message, and not to the requests that are sent later. */
const NOT_CARRIED =
  /^(connection|upgrade|host|origin|expect|keep-alive|te|trailer|transfer-encoding|accept|accept-encoding|proxy-.*|sec-websocket-.*|content-.*)$/;

/**
 * Chat completions over WebSockets: each message is a request with the client's headers and address, under the same
 * limits and keys as every other, and so is the check whether a socket may be opened.
 */
export class ChatSockets {
  readonly #options: ChatSocketsOptions;
  readonly #server: WebSocketServer;
  readonly #open = new Set<ChatSocket>();
  readonly #budget: ByteBudget;
  readonly #shares: CallerShares;
  #heartbeat: NodeJS.Timeout | undefined;
  #isLeaving = false;
  #onEmpty: (() => void) | undefined;

  constructor(options: ChatSocketsOptions) {
    this.#options = options;
    this.#budget = new ByteBudget(Math.max(MAX_HELD_BYTES, 4 * options.bodyLimitBytes));
    this.#shares = new CallerShares(options.shares ?? SOCKETS);
    this.#server = new WebSocketServer({
      noServer: true,
      // Compression would hold small events back, and costs 300 kB a socket.
      perMessageDeflate: false,
      maxPayload: options.bodyLimitBytes,
      maxFragments: MAX_FRAGMENTS,
      maxBufferedChunks: MIN_CHUNKS + Math.ceil(options.bodyLimitBytes / MIN_CHUNK_BYTES),
      clientTracking: false,
    });
    // The library would respond with a page.
    this.#server.on("wsClientError", ({ message }, connection) => refuse(connection, invalidHandshake(message)));
  }

  start(): void {
    this.#heartbeat = setInterval(() => {
      for (const socket of this.#open) socket.beat();
    }, this.#options.heartbeatMs ?? HEARTBEAT_MS).unref();
  }

  /**
   * Takes a handshake over from the HTTP server: opens the socket, or responds as the API would. Never rejects.
   * @param refusal why no request of its connection is served
   */
  async upgrade(
    request: IncomingMessage,
    connection: Duplex,
    head: Buffer,
    address: string,
    refusal?: RequestRefusal,
  ): Promise<void> {
    connection.on("error", ignoreError);
    if (refusal !== undefined) return refuse(connection, refusalOf(refusal));
    // Taken before the access is checked, so that a burst of handshakes at once is bounded too.
    const share = this.#shares.take(addressBucket(address) ?? "unknown");
    if (typeof share === "string") return refuse(connection, refusalOf(REFUSALS[share]));
    connection.once("close", share);
    try {
      const reason = this.#refusal(request) ?? (await this.#check(request, address));
      if (reason !== undefined) return refuse(connection, reason);
    } catch {
      return refuse(connection, refusalOf("internal_error"));
    }
    if (connection.destroyed) return;
    connection.off("error", ignoreError);
    this.#server.handleUpgrade(request, connection, head, (webSocket) => {
      const headers = { ...carriedHeaders(request.headers), "content-type": "application/json" };
      const socket = new ChatSocket(webSocket, {
        maxWaitingBytes: this.#options.bodyLimitBytes,
        connection,
        budget: this.#budget,
        idleMs: this.#options.idleMs ?? IDLE_MS,
        post: (body, signal) =>
          this.#options.handle({
            method: "POST",
            target: CHAT_PATH,
            headers,
            body: bufferedBody(body),
            address,
            // One of its own, so that the socket's signal does not hold what listens to it.
            signal: AbortSignal.any([signal]),
          }),
      });
      this.#open.add(socket);
      const keyId = this.#options.watchedId?.(request.headers);
      const unwatch = keyId && this.#options.revocations?.watch(keyId, () => socket.revoke());
      webSocket.on("close", () => {
        if (unwatch) unwatch();
        this.#open.delete(socket);
        if (this.#open.size === 0) this.#onEmpty?.();
      });
      // The process may have begun to drain while this client's access was checked.
      if (this.#isLeaving) socket.leave();
    });
  }

  /** Takes no more sockets, lets the requests that run finish. Resolves when every socket is closed. */
  async drain(): Promise<void> {
    this.#isLeaving = true;
    if (this.#open.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#onEmpty = resolve;
      for (const socket of this.#open) socket.leave();
    });
  }

  /** Ends everything at once. */
  stop(): void {
    clearInterval(this.#heartbeat);
    for (const socket of this.#open) socket.terminate();
    this.#server.close();
  }

  #refusal(request: IncomingMessage): Refusal | undefined {
    if (this.#isLeaving) return refusalOf("shutting_down");
    const { origin, host } = request.headers;
    if (host === undefined)
      return refusalOf("invalid_request", "The handshake has no `Host` header, which HTTP/1.1 requires. Send it.");
    // Browsers send no preflight request for a WebSocket.
    if (origin !== undefined && !this.#options.allowsOrigin(origin)) return refusalOf("permission_denied");
    return undefined;
  }

  /** Whether this client may send requests now: checked by a list of models, with its limits and its key. */
  async #check(request: IncomingMessage, address: string): Promise<Refusal | undefined> {
    const response = await this.#options.handle({
      method: "GET",
      target: "/v1/models",
      headers: carriedHeaders(request.headers),
      body: bufferedBody(Buffer.alloc(0)),
      address,
      signal: new AbortController().signal,
    });
    const { status, headers } = response;
    if (status === 200) return undefined;
    const body = (await wholeBody(response)).toString("utf8");
    const names = ["retry-after", "www-authenticate", REQUEST_ID_HEADER];
    const carried = Object.entries(headers).filter(([name]) => names.includes(name));
    return { status, body, headers: Object.fromEntries(carried) };
  }
}

/** The error of a socket for which there is no share. */
const REFUSALS = { all: "overloaded", caller: "rate_limit_exceeded" } as const satisfies Record<NoShare, ErrorCode>;

interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** @param message @default - the catalogue's */
function refusalOf(code: ErrorCode, message?: string): Refusal {
  const { status, retryAfterSeconds } = errorEntry(code);
  const headers = {
    [REQUEST_ID_HEADER]: `req_${randomUUID().replaceAll("-", "")}`,
    ...(retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) }),
  };
  return { status, headers, body: JSON.stringify(errorBody(code, message === undefined ? {} : { message })) };
}

/** @param problem of the library's: the header that is missing or wrong */
function invalidHandshake(problem: string): Refusal {
  const refusal = refusalOf("invalid_request", `The handshake of the WebSocket is not valid: ${problem}. Correct it.`);
  return { ...refusal, headers: { ...refusal.headers, "sec-websocket-version": "13, 8" } };
}

function refuse(connection: Duplex, { status, headers, body }: Refusal): void {
  const lines = Object.entries({
    "content-type": "application/json",
    "content-length": String(Buffer.byteLength(body)),
    connection: "close",
    ...headers,
  }).map(([name, value]) => `${name}: ${value}`);
  connection.end([`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`, ...lines, "", body].join("\r\n"));
}

/** The client's headers for a request of its own. */
function carriedHeaders(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const carried = Object.entries(headers).filter(([name]) => !NOT_CARRIED.test(name));
  const { [EDGE_REQUEST_ID_HEADER]: _, ...own } = Object.fromEntries(carried);
  return own;
}

/** Whether a request is a handshake for the chat over a WebSocket. @param stage as in the gateway's configuration */
export function isChatHandshake({ url = "/", method, headers }: IncomingMessage, stage: string): boolean {
  return method === "GET" && /^websocket$/i.test(headers.upgrade ?? "") && requestPath(url, stage) === CHAT_PATH;
}
