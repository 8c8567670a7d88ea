import { hash, randomBytes, timingSafeEqual } from "node:crypto";
import type { ApiKeyItem } from "../../contracts/processes/auth.ts";

const ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
const KEY_FORM = /^sk-sl-([a-z2-7]{12})-([A-Za-z0-9_-]{43})$/;

/** A new key: `secret` is shown to its owner once, `keyId` and `hash` are stored. */
export interface NewApiKey {
  readonly keyId: string;
  readonly secret: string;
  readonly hash: string;
}

/** Makes a key of the form `sk-sl-<12 characters>-<43 characters>`; 256 random bits in the second part. */
export function newApiKey(random: (size: number) => Buffer = randomBytes): NewApiKey {
  const keyId = Array.from(random(12), (byte) => ALPHABET[byte % 32]).join("");
  const secret = `sk-sl-${keyId}-${random(32).toString("base64url")}`;
  return { keyId, secret, hash: hashApiKey(secret) };
}

/** SHA-256 of the whole key, lower-case hex. */
export function hashApiKey(secret: string): string {
  return hash("sha256", secret);
}

/** The public part of a key, or `undefined` when the text does not have the form of a key. */
export function apiKeyId(secret: string): string | undefined {
  return KEY_FORM.exec(secret)?.[1];
}

/** Whether `secret` is the key that `item` describes and has not been revoked. Compares in constant time. */
export function isApiKeyValid(secret: string, item: ApiKeyItem): boolean {
  const presented = Buffer.from(hashApiKey(secret), "latin1");
  const stored = Buffer.from(item.hash, "latin1");
  return presented.length === stored.length && timingSafeEqual(presented, stored) && item.revokedAt === undefined;
}

/** The credential in an `Authorization: Bearer …` header, or `undefined` when there is none. */
export function bearerCredential(authorization: string | undefined): string | undefined {
  const match = /^Bearer[ ]+(\S.*)$/i.exec(authorization?.trim() ?? "");
  return match?.[1]?.trim();
}
