import { hash, randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";
import { KEY_ID_ALPHABET } from "../../contracts/processes/auth.ts";

const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/** Keys that were made before keys had a checksum end after the 43 random characters. */
const KEY_FORM = /^(sk-sl-([a-z2-7]{12})-[A-Za-z0-9_-]{43})([0-9A-Za-z]{6})?$/;

/** A new key: `secret` is shown to its owner once, `keyId` and `hash` are stored. */
export interface NewApiKey {
  readonly keyId: string;
  readonly secret: string;
  readonly hash: string;
}

/**
 * Makes a key of the form `sk-sl-<12 characters>-<43 characters><6 characters>`: its id, 256 random bits, and the
 * checksum of all before it.
 * @param keyId of a key whose secret is replaced. @default - a new one
 */
export function newApiKey(random: (size: number) => Buffer = randomBytes, keyId = newKeyId(random)): NewApiKey {
  const text = `sk-sl-${keyId}-${random(32).toString("base64url")}`;
  const secret = text + keyChecksum(text);
  return { keyId, secret, hash: hashApiKey(secret) };
}

/** 60 random bits: the public part of a key. */
export function newKeyId(random: (size: number) => Buffer): string {
  return Array.from(random(12), (byte) => KEY_ID_ALPHABET[byte % 32]).join("");
}

/** CRC-32 (as in gzip) of the text before it, in base 62 with the digits 0-9, A-Z, a-z: six characters. */
export function keyChecksum(text: string): string {
  let rest = crc32(text);
  let digits = "";
  for (let position = 0; position < 6; position++) {
    digits = (BASE62[rest % 62] ?? "") + digits;
    rest = Math.floor(rest / 62);
  }
  return digits;
}

/** SHA-256 of the whole key, lower-case hex. */
export function hashApiKey(secret: string): string {
  return hash("sha256", secret);
}

/** The public part of a key, or `undefined` when the text has not the form of a key, or its checksum is wrong. */
export function apiKeyId(secret: string): string | undefined {
  const [, text = "", keyId, checksum] = KEY_FORM.exec(secret) ?? [];
  return checksum === undefined || checksum === keyChecksum(text) ? keyId : undefined;
}

/** The credential in an `Authorization: Bearer …` header, or `undefined` when there is none. */
export function bearerCredential(authorization: string | undefined): string | undefined {
  const match = /^Bearer[ ]+(\S.*)$/i.exec(authorization?.trim() ?? "");
  return match?.[1]?.trim();
}
