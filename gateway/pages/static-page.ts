import { createHash } from "node:crypto";
import type { Exchange } from "../exchange.ts";
import { sendBytes } from "../http/answer.ts";

/** A page that is the same for everyone as long as this process runs. */
export interface StaticPage {
  readonly bytes: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** Long enough that a page with its parts is asked for once, short enough that a new release shows soon. */
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

/** Answers with the page, or with 304 when the caller has it already. */
export function answerStaticPage({ request, response, headers }: Exchange, page: StaticPage): void {
  const known = request.headers["if-none-match"]?.split(",").map((tag) => tag.trim().replace(/^W\//, "")) ?? [];
  if (page.headers.etag !== undefined && (known.includes(page.headers.etag) || known.includes("*"))) {
    const { "content-type": _, ...rest } = page.headers;
    response.writeHead(304, { ...headers, ...rest }).end();
    return;
  }
  sendBytes(response, 200, { ...headers, ...page.headers }, page.bytes);
}
