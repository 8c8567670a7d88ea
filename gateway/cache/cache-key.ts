import { createHash } from "node:crypto";

/** All that makes one answer another one. */
export interface CacheKeyParts {
  /** Whose request it is: answers are never shared between tenants. */
  readonly tenant: string;
  readonly route: string;
  /** The public model name. */
  readonly model: string;
  /** What answers under that name, and which version of it. */
  readonly targetId: string;
  readonly revision: string;
  /** Changes when the cache is cleared by hand. */
  readonly generation: string;
  /** A stream's bytes are not those of a whole answer. */
  readonly stream: boolean;
  /** The body: `canonicalRequest`. */
  readonly body: string;
}

/** What every cached answer's name in a store begins with. */
export const CACHE_KEY_PREFIX = "cache:answer:";

/** A name that tells nothing of the prompt: nobody who lists the store's keys can read or guess one. */
export function cacheKey(parts: CacheKeyParts): string {
  const { tenant, route, model, targetId, revision, generation, stream, body } = parts;
  const kind = stream ? "stream" : "whole";
  const hash = createHash("sha256");
  // As JSON, so that no text can be read as the end of one part and the beginning of the next.
  hash.update(JSON.stringify([tenant, route, model, targetId, revision, generation, kind])).update(body);
  return CACHE_KEY_PREFIX + hash.digest("base64url");
}
