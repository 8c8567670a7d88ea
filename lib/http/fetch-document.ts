import http, { type ClientRequest, type IncomingMessage } from "node:http";
import https from "node:https";
import { parseJson } from "../parse-json.ts";

/** The issuer's document can't be read now: no fault of the token. */
export class IssuerUnavailable extends Error {
  constructor(url: string, reason: string) {
    super(`The issuer's document ${url} can't be read: ${reason}`);
    this.name = "IssuerUnavailable";
  }
}

/** Issuers respond within a second; the function has 20. */
const TIMEOUT_MS = 3000;
/** A set of ten RSA keys with their certificates has 30 KB. */
const MAX_BYTES = 262_144;
/** With names, separators and line ends. */
const MAX_HEADER_BYTES = 16_384;
/** Responses before the response, such as 103; servers send one. */
const MAX_INFORMATIONAL = 8;

/** What is sent to an issuer. */
export interface IssuerRequest {
  /** @default GET */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** @default - none */
  readonly body?: string;
  /** The only status whose body is read. @default - every status */
  readonly status?: number;
}

export interface IssuerResponse {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
}

/**
 * Reads a JSON document of an issuer.
 * @throws {IssuerUnavailable}
 */
export async function fetchDocument(url: string): Promise<unknown> {
  const { text } = await fetchFromIssuer(url, { status: 200 });
  const parsed = parseJson(text);
  if (parsed === undefined) throw new IssuerUnavailable(url, "it is no JSON");
  return parsed;
}

/**
 * Sends a request to an issuer. It follows no redirect, as the address was checked, not the one that it leads to. By
 * `node:http`, whose parser counts the bytes of headers whole: `fetch` leaves out separators, and takes 150 ms for the empty
 * headers that fit; and some encodings that it refuses end the process when its signal comes later.
 * @throws {IssuerUnavailable}
 */
export async function fetchFromIssuer(url: string, request: IssuerRequest = {}): Promise<IssuerResponse> {
  const exchange = new DocumentRequest(url, request);
  try {
    return await exchange.response();
  } catch (error) {
    throw new IssuerUnavailable(url, error instanceof Error ? error.message : String(error));
  } finally {
    exchange.end();
  }
}

class DocumentRequest {
  readonly #request: ClientRequest;
  readonly #status: number | undefined;
  readonly #failed = Promise.withResolvers<never>();
  readonly #response = Promise.withResolvers<IncomingMessage>();
  #hasResponse = false;
  readonly #timer: NodeJS.Timeout;
  #informational = 0;

  constructor(url: string, { method = "GET", headers: own = {}, body, status }: IssuerRequest) {
    this.#status = status;
    const { request } = url.startsWith("https:") ? https : http;
    // Read each ten minutes: a reused connection would be closed by then.
    const headers = { ...own, accept: "application/json", "accept-encoding": "identity" };
    this.#request = request(url, { method, headers, agent: false, maxHeaderSize: MAX_HEADER_BYTES });
    this.#request.on("response", (response) => {
      this.#hasResponse = true;
      this.#response.resolve(response);
    });
    this.#request.on("error", this.#failed.reject);
    this.#request.on("close", () => {
      if (!this.#hasResponse) this.#fail("the connection ended without a response");
    });
    this.#request.on("information", () => {
      if (++this.#informational > MAX_INFORMATIONAL) this.#fail(`more than ${MAX_INFORMATIONAL} responses before it`);
    });
    this.#timer = setTimeout(() => this.#fail(`no response within ${TIMEOUT_MS / 1000} s`), TIMEOUT_MS);
    this.#failed.promise.catch(() => undefined);
    this.#request.end(body);
  }

  response(): Promise<IssuerResponse> {
    return Promise.race([this.#read(), this.#failed.promise]);
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#request.destroy();
  }

  async #read(): Promise<IssuerResponse> {
    const response = await this.#response.promise;
    if (this.#status !== undefined && response.statusCode !== this.#status)
      throw new Error(`status ${response.statusCode}`);
    const parts: Buffer[] = [];
    let size = 0;
    for await (const part of response) {
      size += part.length;
      if (size > MAX_BYTES) throw new Error(`it is larger than ${MAX_BYTES} bytes`);
      parts.push(part);
    }
    return {
      status: response.statusCode ?? 0,
      contentType: response.headers["content-type"] ?? "",
      text: Buffer.concat(parts).toString("utf8"),
    };
  }

  #fail(reason: string): void {
    const error = new Error(reason);
    this.#failed.reject(error);
    this.#request.destroy(error);
  }
}
