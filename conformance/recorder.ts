import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";

/** One request as a client sent it, and its response as the client got it. */
export interface RecordedExchange {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** With its parameters, like `responseType`. */
  readonly requestType: string;
  readonly requestBody: Buffer;
  readonly status: number;
  readonly responseType: string;
  readonly responseBody: Buffer;
}

/** A proxy between a client and a server that forwards everything unchanged, and records it. */
export class Recorder {
  readonly exchanges: RecordedExchange[] = [];
  readonly #target: URL;
  readonly #server: Server;

  private constructor(target: string) {
    this.#target = new URL(target);
    this.#server = createServer((incoming, outgoing) => {
      this.#pass(incoming, outgoing).catch(() => outgoing.destroy());
    });
  }

  /** @param target address without a path, e.g. `http://127.0.0.1:8080` */
  static async start(target: string): Promise<Recorder> {
    const recorder = new Recorder(target);
    await new Promise<void>((resolve) => recorder.#server.listen(0, "127.0.0.1", resolve));
    return recorder;
  }

  get url(): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const requestBody = await buffer(incoming);
    const { method = "GET", url = "/" } = incoming;
    // Compressed, the response would have to be decompressed.
    const { "accept-encoding": _, host: __, ...headers } = incoming.headers;
    const forward = request(new URL(url, this.#target), { method, headers });
    forward.end(requestBody);
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      forward.once("response", resolve);
      forward.once("error", reject);
    });
    outgoing.on("close", () => forward.destroy());
    outgoing.writeHead(response.statusCode ?? 502, response.headers);
    const chunks: Buffer[] = [];
    for await (const chunk of response) {
      chunks.push(chunk);
      outgoing.write(chunk);
    }
    outgoing.end();
    this.exchanges.push({
      method,
      path: new URL(url, this.#target).pathname,
      requestType: incoming.headers["content-type"] ?? "",
      requestBody,
      status: response.statusCode ?? 502,
      responseType: response.headers["content-type"] ?? "",
      responseBody: Buffer.concat(chunks),
    });
  }
}
