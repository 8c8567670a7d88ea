import { ALLOWED_REQUEST_HEADERS, EXPOSED_HEADERS } from "../../contracts/api/headers.ts";

type Headers = Readonly<Record<string, string>>;

const EXPOSED = EXPOSED_HEADERS.join(", ");
const METHODS = "GET, HEAD, POST, DELETE, OPTIONS";
/** Chrome keeps a preflight answer for two hours at most. */
const MAX_AGE_SECONDS = "7200";

/** Headers that let pages of other origins use the answers. */
export class Cors {
  readonly #origins: ReadonlySet<string>;
  readonly #isOpen: boolean;

  /** @param origins `["*"]` for every page, or the origins that are allowed */
  constructor(origins: readonly string[]) {
    this.#origins = new Set(origins);
    this.#isOpen = this.#origins.has("*");
  }

  /** Whether pages of this origin may use the answers. */
  allows(origin: string): boolean {
    return this.#isOpen || this.#origins.has(origin);
  }

  /** For every answer, errors included. */
  responseHeaders(origin: string | undefined): Headers {
    if (this.#isOpen) return { "access-control-allow-origin": "*", "access-control-expose-headers": EXPOSED };
    // Even an answer without these headers depends on who asked; caches must know.
    if (origin === undefined || !this.#origins.has(origin)) return { vary: "origin" };
    return { "access-control-allow-origin": origin, "access-control-expose-headers": EXPOSED, vary: "origin" };
  }

  /** In addition, for the question that a browser asks first. */
  preflightHeaders(): Headers {
    return {
      "access-control-allow-methods": METHODS,
      "access-control-allow-headers": ALLOWED_REQUEST_HEADERS.join(", "),
      "access-control-max-age": MAX_AGE_SECONDS,
    };
  }
}
