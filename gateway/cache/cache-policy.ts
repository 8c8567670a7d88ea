import type { IncomingHttpHeaders } from "node:http";
import { CACHE_HEADER } from "../../contracts/api/headers.ts";
import type { CacheSettings } from "../../contracts/processes/gateway-config.ts";
import type { GenerationRequest } from "../core/generation-request.ts";

/** What the cache may do for one request. */
export interface CachePolicy {
  /** Whether a cached response may be served. */
  readonly read: boolean;
  /** Whether the response may be stored. */
  readonly write: boolean;
  /** A cached response may be this old at most. @default - as old as its time to live */
  readonly maxAgeSeconds: number | undefined;
}

const BYPASS: CachePolicy = { read: false, write: false, maxAgeSeconds: undefined };

/**
 * An automatic cache stores deterministic responses: embeddings, and completions at temperature 0. Other responses are
 * stored only where the client sends `x-sluice-cache: on` or a `max-age`; `no-store` and `x-sluice-cache: off` turn
 * storing off for all.
 */
export function cachePolicy(
  headers: IncomingHttpHeaders,
  request: GenerationRequest,
  { automatic = true }: Pick<CacheSettings, "automatic">,
): CachePolicy {
  const directives = cacheControl(headers["cache-control"]);
  const wish = headers[CACHE_HEADER];
  if (directives.has("no-store") || wish === "off") return BYPASS;
  const maxAgeSeconds = seconds(directives.get("max-age"));
  if (wish !== "on" && maxAgeSeconds === undefined && !(automatic && isDeterministic(request))) return BYPASS;
  return { read: !directives.has("no-cache") && maxAgeSeconds !== 0, write: true, maxAgeSeconds };
}

function isDeterministic({ route, fields }: GenerationRequest): boolean {
  const isEmbedding = route === "/v1/embeddings";
  return isEmbedding || (Object.hasOwn(fields, "temperature") && fields.temperature === 0);
}

function cacheControl(header: string | undefined): ReadonlyMap<string, string> {
  const directives = (header ?? "").toLowerCase().split(",");
  return new Map(
    directives.map((directive) => {
      const [name = "", value = ""] = directive.split("=");
      return [name.trim(), value.trim().replace(/^"(.*)"$/, "$1")];
    }),
  );
}

function seconds(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}
