import { ALLOWED_REQUEST_HEADERS, EXPOSED_HEADERS } from "../contracts/api/headers.ts";

type Headers = Readonly<Record<string, string>>;

const METHODS = "GET, HEAD, POST, DELETE, OPTIONS";
/** Chrome caches a preflight response for two hours at most. */
const MAX_AGE_SECONDS = "7200";

const OPEN: Headers = { "access-control-allow-origin": "*", vary: "origin" };

/** Headers that let pages of other origins read the responses. */
export class Cors {
  readonly #origins: ReadonlySet<string>;
  readonly #isOpen: boolean;
  readonly #exposed: string;
  readonly #requestHeaders: string;
  readonly #openToPage: Headers;

  /**
   * @param origins `["*"]` for every page, or the origins that are allowed
   * @param more headers that pages may read and send beside those of the API for models
   */
  constructor(
    origins: readonly string[],
    more: { readonly exposed: readonly string[]; readonly allowed: readonly string[] } = { exposed: [], allowed: [] },
  ) {
    this.#origins = new Set(origins);
    this.#exposed = [...EXPOSED_HEADERS, ...more.exposed].join(", ");
    this.#requestHeaders = [...ALLOWED_REQUEST_HEADERS, ...more.allowed].join(", ");
    this.#isOpen = this.#origins.has("*");
    this.#openToPage = { ...OPEN, "access-control-expose-headers": this.#exposed };
  }

  /** Whether pages of this origin may read the responses. */
  allows(origin: string): boolean {
    return this.#isOpen || this.#origins.has(origin);
  }

  /** For every response, errors included. The list of exposed headers, some 600 bytes, is for pages alone. */
  responseHeaders(origin: string | undefined): Headers {
    if (this.#isOpen) return origin === undefined ? OPEN : this.#openToPage;
    // A response without these headers depends on the origin too, so caches must know.
    if (origin === undefined || !this.#origins.has(origin)) return { vary: "origin" };
    return { "access-control-allow-origin": origin, "access-control-expose-headers": this.#exposed, vary: "origin" };
  }

  /** In addition, for the preflight request of a browser. */
  preflightHeaders(): Headers {
    return {
      "access-control-allow-methods": METHODS,
      "access-control-allow-headers": this.#requestHeaders,
      "access-control-max-age": MAX_AGE_SECONDS,
    };
  }
}
