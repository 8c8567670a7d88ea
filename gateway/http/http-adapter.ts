import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { Server as NetServer } from "node:net";
import type { Cors } from "../../domain/cors.ts";
import { ClientGone } from "../core/gateway-error.ts";
import type { GatewayRequest, RequestRefusal } from "../core/request.ts";
import type { GatewayResponse } from "../core/response.ts";
import type { CallerSharesOptions } from "../shares/caller-shares.ts";
import { clientAddress } from "./client-address.ts";
import { refuseTunnel, respondToClientError } from "./client-error.ts";
import { Connections } from "./connections/connections.ts";
import { ReceivingBodies } from "./connections/receiving-bodies.ts";
import { takeForwardedAddress } from "./forwarded-address.ts";
import { ignoreError } from "./ignore-error.ts";
import { IncomingBody } from "./incoming-body.ts";
import { type ListenOptions, listenOn } from "./listen.ts";
import { TaskGroups } from "./task-groups.ts";
import { writeResponse } from "./write-response.ts";

export interface HttpAdapterOptions {
  readonly server: Server;
  /** Never rejects. */
  readonly handle: (request: GatewayRequest) => Promise<GatewayResponse>;
  readonly cors: Cors;
  /** Whether only a load balancer is in front, whose header has the client's address. */
  readonly isBehindLoadBalancer: boolean;
  /** Connections, and requests, that may be open at once. @default - 8,192, and 4,096 of one address */
  readonly connections?: CallerSharesOptions | undefined;
}

/** Makes requests of what comes over HTTP, and writes their responses. */
export class HttpAdapter {
  readonly #options: HttpAdapterOptions;
  readonly #receiving = new ReceivingBodies();
  #openResponses = 0;
  readonly #connections: Connections;
  readonly #received = new TaskGroups();
  #isDraining = false;
  #onIdle: (() => void) | undefined = undefined;

  constructor(options: HttpAdapterOptions) {
    this.#options = options;
    this.#connections = new Connections(options.server, options.connections);
    const accept = (request: IncomingMessage, response: ServerResponse) => this.#accept(request, response);
    options.server
      .on("request", accept)
      .on("checkContinue", accept)
      .on("checkExpectation", (request: IncomingMessage, response: ServerResponse) =>
        this.#accept(request, response, "unknown-expectation"),
      )
      .on("connect", (_, socket) => refuseTunnel(socket))
      .on("clientError", respondToClientError);
  }

  /** Requests that are not over: one whose client has left may still wait for its usage. */
  get openResponses(): number {
    return this.#openResponses;
  }

  /** Why the requests of a connection are refused. */
  refusalOf(socket: object): RequestRefusal | undefined {
    return this.#connections.refusalOf(socket);
  }

  /** @returns the port */
  listen(options: ListenOptions): Promise<number> {
    return listenOn(this.#options.server, options);
  }

  /** Takes no more connections; resolves when every open response is over. */
  async drain(): Promise<void> {
    this.#isDraining = true;
    // Not http's own close: that also cuts idle connections, on which a load balancer may just be sending a request.
    // They stay until the last request has its response, and each response now has `connection: close`.
    NetServer.prototype.close.call(this.#options.server);
    if (this.#openResponses === 0) return;
    await new Promise<void>((resolve) => {
      this.#onIdle = resolve;
    });
  }

  /** Ends everything at once. */
  stop(): void {
    this.#options.server.closeAllConnections();
    this.#options.server.close();
  }

  #accept(request: IncomingMessage, response: ServerResponse, wrong?: GatewayRequest["malformed"]): void {
    // Of thousands of requests that one read brought, the rest costs little once the first ones closed their connection:
    // destroyed here, without an error of its own for each when the connection's close is handled.
    if (request.socket.destroyed) return void request.destroy();
    const { isBehindLoadBalancer } = this.#options;
    if (isBehindLoadBalancer) takeForwardedAddress(request);
    const address = clientAddress(request);
    const opened = this.#connections.openRequest(request.socket, address);
    if (opened === undefined) return;
    const { refusal } = opened;
    const gone = new AbortController();
    this.#openResponses++;
    // A request is over when its connection has its response, or is closed, and its handler has ended.
    let openParts = 2;
    const endPart = () => {
      openParts--;
      if (openParts > 0) return;
      this.#openResponses--;
      if (this.#openResponses === 0) this.#onIdle?.();
    };
    // A client that leaves while we write is dealt with below; unheard, the error would end the process.
    response.on("error", ignoreError);
    response.once("close", () => {
      if (!response.writableFinished) gone.abort(new ClientGone());
      opened.end();
      endPart();
    });
    const { method = "GET", url: target = "/", headers } = request;
    const body = new IncomingBody(request, response, this.#receiving);
    const malformed = wrong ?? (lacksHost(request) ? "missing-host" : undefined);
    const gatewayRequest = { method, target, headers, body, address, signal: gone.signal, refusal, malformed };
    this.#received.add(() => void this.#respond(request, response, gatewayRequest, endPart));
  }

  /** Never rejects. @param onEnd called when the handler has ended */
  async #respond(
    request: IncomingMessage,
    response: ServerResponse,
    gatewayRequest: GatewayRequest,
    onEnd: () => void,
  ): Promise<void> {
    try {
      const gatewayResponse = await this.#options.handle(gatewayRequest);
      const headers = this.#connectionHeaders(request, gatewayRequest.refusal !== undefined);
      const streaming = writeResponse(request, response, gatewayResponse, headers);
      if (streaming !== undefined) await streaming;
    } catch {
      // A response that can't be written, for a header that HTTP does not allow, breaks its connection alone.
      response.destroy();
    } finally {
      onEnd();
    }
  }

  #connectionHeaders({ method, headers }: IncomingMessage, isRefused: boolean): Readonly<Record<string, string>> {
    const { cors } = this.#options;
    const isLast = isRefused || this.#isDraining;
    const corsHeaders = cors.responseHeaders(headers.origin);
    if (method !== "OPTIONS" && !isLast) return corsHeaders;
    return {
      ...corsHeaders,
      ...(method === "OPTIONS" ? cors.preflightHeaders() : {}),
      ...(isLast ? { connection: "close" } : {}),
    };
  }
}

/** RFC 9112, section 3.2: older versions have none. */
function lacksHost({ headers, httpVersion }: IncomingMessage): boolean {
  return headers.host === undefined && httpVersion === "1.1";
}
