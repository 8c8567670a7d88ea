import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

const CIPHER = "aes-256-gcm";
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts a key's new secret so that only the client that knows the idempotency key of its request can read it again.
 * The encryption key is derived from it (HKDF-SHA-256), for this API key alone.
 * @returns base64 of the random start value, the tag and the encrypted text
 */
export function sealSecret(secret: string, keyId: string, idempotencyKey: string): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, derive(keyId, idempotencyKey), iv);
  const sealed = Buffer.concat([cipher.update(secret, "utf8"), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString("base64");
}

/** @returns `undefined` when it was sealed with another idempotency key, for another API key, or changed since */
export function openSecret(sealed: string, keyId: string, idempotencyKey: string): string | undefined {
  const bytes = Buffer.from(sealed, "base64");
  const iv = bytes.subarray(0, IV_BYTES);
  try {
    const decipher = createDecipheriv(CIPHER, derive(keyId, idempotencyKey), iv);
    decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    const text = [decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()];
    return Buffer.concat(text).toString("utf8");
  } catch {
    return undefined;
  }
}

function derive(keyId: string, idempotencyKey: string): Buffer {
  return Buffer.from(hkdfSync("sha256", idempotencyKey, keyId, "sluice key rotation", 32));
}
