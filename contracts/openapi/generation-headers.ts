import { CACHE_HEADER, PRIORITY_HEADER, SESSION_HEADER } from "../api/headers.ts";
import { PRIORITIES } from "../processes/priority.ts";
import type { Parameter } from "./operation.ts";

/** Headers of requests to models, beside credentials and content. */
export const GENERATION_HEADERS: readonly Parameter[] = [
  {
    name: PRIORITY_HEADER,
    description: "Who goes first where requests wait for a place: at most the key's own priority. Default: normal.",
    values: PRIORITIES,
  },
  {
    name: SESSION_HEADER,
    description:
      "A name of your own for a session: on a route that is sticky by session, requests of one name go to one target.",
  },
  {
    name: CACHE_HEADER,
    description:
      "on: an answer may come from the cache and be kept, though it would not be the same again; off: neither.",
    values: ["on", "off"],
  },
  {
    name: "cache-control",
    description:
      "max-age=SECONDS: a cached response may be this old; no-cache: call the model, and store the response; no-store: neither read nor store.",
  },
  {
    name: "x-stainless-timeout",
    description: "Seconds after which you give up, as OpenAI's SDKs send it: no request waits in the queue for longer.",
  },
];
