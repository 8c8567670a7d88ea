import { createHash } from "node:crypto";
import { bytesResponse, type GatewayResponse } from "../core/response.ts";
import type { Received } from "../pipeline/request-states.ts";

/** A page that is the same for everyone as long as this process runs. */
export interface StaticPage {
  readonly bytes: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** Long enough that a page with its parts is requested once, short enough that a new release shows soon. */
const MAX_AGE_SECONDS = 300;

export function staticPage(
  text: string,
  contentType: string,
  headers: Readonly<Record<string, string>> = {},
): StaticPage {
  const bytes = Buffer.from(text);
  const etag = `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 27)}"`;
  return {
    bytes,
    headers: {
      "content-type": contentType,
      "cache-control": `public, max-age=${MAX_AGE_SECONDS}`,
      etag,
      "x-content-type-options": "nosniff",
      ...headers,
    },
  };
}

/** The page, or 304 when the caller has it already. */
export function respondStaticPage({ request, headers }: Received, page: StaticPage): GatewayResponse {
  const known = request.headers["if-none-match"]?.split(",").map((tag) => tag.trim().replace(/^W\//, "")) ?? [];
  if (page.headers.etag !== undefined && (known.includes(page.headers.etag) || known.includes("*"))) {
    const { "content-type": _, ...rest } = page.headers;
    return bytesResponse(304, { ...headers.all, ...rest }, Buffer.alloc(0));
  }
  return bytesResponse(200, { ...headers.all, ...page.headers }, page.bytes);
}
