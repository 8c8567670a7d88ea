import { createHash } from "node:crypto";

/** All parts in which two responses can differ. */
export interface CacheKeyParts {
  /** The tenant that sent the request: responses are never shared between tenants. */
  readonly tenant: string;
  readonly route: string;
  /** The public model name. */
  readonly model: string;
  /** The target behind that name, and its version. */
  readonly targetId: string;
  readonly revision: string;
  /** Changes when the cache is cleared by hand. */
  readonly generation: string;
  /** A stream's bytes are not those of a whole response. */
  readonly stream: boolean;
  /** The body: `canonicalRequest`. */
  readonly body: string;
}

/** Prefix of every cached response's key in a store. */
export const CACHE_KEY_PREFIX = "cache:answer:";

/** A key that reveals no part of the prompt: a list of the store's keys does not help to read or guess one. */
export function cacheKey(parts: CacheKeyParts): string {
  const { tenant, route, model, targetId, revision, generation, stream, body } = parts;
  const kind = stream ? "stream" : "whole";
  const hash = createHash("sha256");
  // As JSON, so that no text can be read as the end of one part and the beginning of the next.
  hash.update(JSON.stringify([tenant, route, model, targetId, revision, generation, kind])).update(body);
  return CACHE_KEY_PREFIX + hash.digest("base64url");
}
