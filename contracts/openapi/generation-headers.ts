import { GENERATION_ROUTES } from "../generation-routes.ts";
import { CACHE_HEADER, PRIORITY_HEADER, SESSION_HEADER } from "../headers.ts";
import { PRIORITIES } from "../priority.ts";
import type { Operation } from "./operation.ts";

/** A request header as OpenAPI declares it. */
export interface HeaderParameter {
  readonly name: string;
  readonly in: "header";
  readonly required: false;
  readonly description: string;
  readonly schema: { readonly type: "string"; readonly enum?: readonly string[] };
}

const GENERATING: readonly string[] = [...GENERATION_ROUTES, "/v1/messages", "/v1/responses"];

const header = (name: string, description: string, values?: readonly string[]): HeaderParameter => ({
  name,
  in: "header",
  required: false,
  description,
  schema: { type: "string", ...(values === undefined ? {} : { enum: values }) },
});

const OF_GENERATION: readonly HeaderParameter[] = [
  header(
    PRIORITY_HEADER,
    "Who goes first where requests wait for a place: at most the key's own priority. Default: normal.",
    PRIORITIES,
  ),
  header(
    SESSION_HEADER,
    "A name of your own for a session: on a route that is sticky by session, requests of one name go to one target.",
  ),
  header(
    CACHE_HEADER,
    "on: an answer may come from the cache and be kept, though it would not be the same again; off: neither.",
    ["on", "off"],
  ),
  header(
    "cache-control",
    "max-age=SECONDS: a kept answer may be this old; no-cache: ask, and keep; no-store: neither read nor keep.",
  ),
  header(
    "x-stainless-timeout",
    "Seconds after which you give up, as OpenAI's SDKs send it: no request waits in the queue for longer.",
  ),
];

/** The headers that an operation understands if models answer it, beside those of credentials and content. */
export function generationHeaders({ path, method }: Operation): readonly HeaderParameter[] {
  return method === "post" && GENERATING.includes(path) ? OF_GENERATION : [];
}
