import { randomBytes, timingSafeEqual } from "node:crypto";
import { hashApiKey, keyChecksum, type NewApiKey, newKeyId } from "./api-key.ts";

/** Another form than that of keys for models: neither is ever taken for the other. */
const ADMIN_KEY_FORM = /^(sk-admin-([a-z2-7]{12})-[A-Za-z0-9_-]{43})([0-9A-Za-z]{6})$/;

/**
 * Makes a key of the control API, `sk-admin-<12 characters>-<43 characters><6 characters>`: its id, 256 random bits, and
 * the checksum of all before it.
 */
export function newAdminKey(random: (size: number) => Buffer = randomBytes): NewApiKey {
  const keyId = newKeyId(random);
  const text = `sk-admin-${keyId}-${random(32).toString("base64url")}`;
  const secret = text + keyChecksum(text);
  return { keyId, secret, hash: hashApiKey(secret) };
}

/** The public part of an admin key, or `undefined` when the text has not its form, or the checksum is wrong. */
export function adminKeyId(secret: string): string | undefined {
  const [, text = "", keyId, checksum] = ADMIN_KEY_FORM.exec(secret) ?? [];
  return checksum === keyChecksum(text) ? keyId : undefined;
}

/** Whether a secret has this hash. It takes the same time whatever the result. @param hash SHA-256, lower-case hex */
export function hasHash(secret: string, hash: string): boolean {
  return timingSafeEqual(Buffer.from(hashApiKey(secret), "latin1"), Buffer.from(hash, "latin1"));
}

/** Start and end of a secret, by which its owner knows it: `sk-admin-abcdefghijkl...wxyz`. */
export function redacted(secret: string): string {
  const start = secret.split("-").slice(0, 3).join("-");
  return `${start}...${secret.slice(-4)}`;
}
