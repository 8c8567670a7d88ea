import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { isRecord } from "../../lib/is-record.ts";
import { parseJson } from "../../lib/parse-json.ts";
import { canonicalJson, isCanonical } from "./canonical-json.ts";
import { isCount, sha256 } from "./chain-entry.ts";

/** What a signature says about a chain: at a time it had so many entries, and the last one had this hash. */
export interface HeadStatement {
  readonly chain: string;
  /** Of the head in its chain, from 1, without gaps. */
  readonly number: number;
  /** SHA-256 of the statement before, in hex; `NO_HASH` for the first one. */
  readonly previous: string;
  /** How many entries the chain has. */
  readonly entries: number;
  /** SHA-256 of the last entry, in hex; `NO_HASH` while there is none. */
  readonly last: string;
  /** When it was signed: ISO 8601, UTC, with milliseconds. */
  readonly at: string;
  /** Of the signing key: `keyFingerprint`. */
  readonly key: string;
}

/** A head's file. */
export interface SignedHead {
  readonly statement: HeadStatement;
  /** ECDSA on P-256 with SHA-256 over the statement's canonical JSON: DER in base64, as AWS KMS makes it. */
  readonly signature: string;
}

/** A key that heads may be signed with. */
export interface AuditPublicKey {
  readonly fingerprint: string;
  readonly key: KeyObject;
}

/** Version of the format, in every statement. */
const FORMAT = "sluice-audit-1";
const HASH = /^[0-9a-f]{64}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** The bytes that are signed. */
export function statementText(statement: HeadStatement): string {
  return canonicalJson({ ...statement, format: FORMAT });
}

/** A head's file. */
export function headText({ statement, signature }: SignedHead): string {
  return canonicalJson({ signature, statement: { ...statement, format: FORMAT } });
}

/** @returns `undefined` for what is no canonical head of this format */
export function parseHead(text: string): SignedHead | undefined {
  const value = parseJson(text);
  if (!isRecord(value) || typeof value.signature !== "string" || !isRecord(value.statement)) return undefined;
  const { chain, number, previous, entries, last, at, key } = value.statement;
  if (typeof chain !== "string" || typeof at !== "string" || !TIME.test(at)) return undefined;
  if (!isCount(number) || !isCount(entries) || !isHash(previous) || !isHash(last) || !isHash(key)) return undefined;
  const head = { statement: { chain, number, previous, entries, last, at, key }, signature: value.signature };
  return isCanonical({ ...head, statement: { ...head.statement, format: FORMAT } }, text) ? head : undefined;
}

function isHash(value: unknown): value is string {
  return typeof value === "string" && HASH.test(value);
}

/**
 * A public key in PEM.
 * @throws {Error} for what is no public key on the curve P-256
 */
export function auditPublicKey(pem: string): AuditPublicKey {
  const key = createPublicKey(pem);
  if (key.asymmetricKeyDetails?.namedCurve !== "prime256v1")
    throw new Error(
      `heads are signed with a key on the curve P-256, got ${key.asymmetricKeyType}; use the public key that the signer's operator publishes.`,
    );
  return { key, fingerprint: keyFingerprint(key.export({ type: "spki", format: "der" })) };
}

/** A public key in PEM. @param spki its SubjectPublicKeyInfo in DER, as AWS KMS returns it */
export function publicKeyPem(spki: Uint8Array): string {
  const lines =
    Buffer.from(spki)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return ["-----BEGIN PUBLIC KEY-----", ...lines, "-----END PUBLIC KEY-----", ""].join("\n");
}

/** SHA-256 in hex of a public key's SubjectPublicKeyInfo, in DER. */
export function keyFingerprint(spki: Uint8Array): string {
  return sha256(spki);
}

/** Whether the key has signed the statement. */
export function isSignedBy({ statement, signature }: SignedHead, key: AuditPublicKey): boolean {
  return isTextSignedBy(statementText(statement), signature, key);
}

/** Whether the key has signed the text. @param signature DER in base64 */
export function isTextSignedBy(text: string, signature: string, { key }: AuditPublicKey): boolean {
  const bytes = Buffer.from(signature, "base64");
  // Base64 has several texts for the same bytes; only one of them counts, so that no character can be changed.
  if (bytes.toString("base64") !== signature) return false;
  return verify("sha256", Buffer.from(text), { key, dsaEncoding: "der" }, bytes);
}
