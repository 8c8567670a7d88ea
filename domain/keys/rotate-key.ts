import { createHash } from "node:crypto";
import { type ApiKeyItem, KEY_ID_ALPHABET, NO_HASH, type RotationItem } from "../../contracts/processes/auth.ts";
import { hashApiKey, type NewApiKey, newApiKey } from "./api-key.ts";
import { rotate, storedHash } from "./key-item.ts";
import { openSecret, sealSecret } from "./sealed-secret.ts";

/** How long a repeated request gets the same secret. */
export const IDEMPOTENCY_SECONDS = 600;

/** The bounds of an idempotency key, in characters: a short one could be guessed, and the stored secret read with it. */
export const IDEMPOTENCY_KEY = { min: 16, max: 255 } as const;

/** The keys table, as far as a rotation needs it. Reads are consistent. */
export interface RotationRecords {
  key(keyId: string): Promise<ApiKeyItem | undefined>;
  /** By `rotationId`. */
  rotation(id: string): Promise<RotationItem | undefined>;
  /** Stores it unless another one is there that is still valid at `now`; `false` then. */
  claim(rotation: RotationItem, now: Date): Promise<boolean>;
  /** Applies `rotateUpdate` and counts the change, both or neither; `false` when the condition fails. */
  applyRotation(before: ApiKeyItem, after: ApiKeyItem, at: Date): Promise<boolean>;
}

export interface RotateRequest {
  readonly keyId: string;
  /** How long the present secret works beside the new one; 0 ends it now. */
  readonly overlapSeconds: number;
  /** Random text of the client, the same in each repetition of one request. @default - every request rotates */
  readonly idempotencyKey?: string | undefined;
  readonly now: Date;
}

/** `conflict`: another rotation came between; the key has its secret. */
export type RotateResult =
  | { readonly outcome: "rotated"; readonly secret: string; readonly previousValidUntil: string }
  | { readonly outcome: "absent" | "revoked" | "conflict" };

/**
 * Gives a key a new secret. Of two rotations at once one wins. A request that is repeated with its idempotency key gets
 * the same secret for ten minutes, also when the first one was cut off half way: then the repetition completes it.
 */
export async function rotateKey(request: RotateRequest, records: RotationRecords): Promise<RotateResult> {
  const { keyId, idempotencyKey, now } = request;
  const before = await records.key(keyId);
  if (before === undefined) return { outcome: "absent" };
  if (before.revokedAt !== undefined) return { outcome: "revoked" };
  const fresh = rotationOf(request, newApiKey(undefined, keyId));
  if (idempotencyKey === undefined) return apply(before, fresh, request, records);
  if (await records.claim(sealed(fresh, request, idempotencyKey), now)) return apply(before, fresh, request, records);
  const claimed = await records.rotation(rotationId(keyId, idempotencyKey));
  const secret = claimed && openSecret(claimed.sealed, keyId, idempotencyKey);
  if (claimed === undefined || secret === undefined) return { outcome: "conflict" };
  return repeat({ secret, previousValidUntil: claimed.previousValidUntil }, request, records);
}

/** Where the secret of a repeated request is stored: an id in the form of a key's. */
export function rotationId(keyId: string, idempotencyKey: string): string {
  const digest = createHash("sha256").update(`${keyId} ${idempotencyKey}`).digest();
  return Array.from(digest.subarray(0, 12), (byte) => KEY_ID_ALPHABET[byte % 32]).join("");
}

interface Rotation {
  readonly secret: string;
  readonly previousValidUntil: string;
}

function rotationOf({ overlapSeconds, now }: RotateRequest, { secret }: NewApiKey): Rotation {
  return { secret, previousValidUntil: new Date(now.getTime() + 1000 * overlapSeconds).toISOString() };
}

/** A rotation that was claimed before: it may have been cut off before it was applied. */
async function repeat(rotation: Rotation, request: RotateRequest, records: RotationRecords): Promise<RotateResult> {
  const current = await records.key(request.keyId);
  if (current === undefined) return { outcome: "absent" };
  const hash = hashApiKey(rotation.secret);
  const isApplied = storedHash(current) === hash || current.previous?.hash === hash;
  return isApplied ? { outcome: "rotated", ...rotation } : apply(current, rotation, request, records);
}

async function apply(
  before: ApiKeyItem,
  rotation: Rotation,
  { now }: RotateRequest,
  records: RotationRecords,
): Promise<RotateResult> {
  const hash = hashApiKey(rotation.secret);
  const after = rotate(before, hash, new Date(rotation.previousValidUntil));
  if (!(await records.applyRotation(before, after, now))) {
    const current = await records.key(before.keyId);
    if (current?.revokedAt !== undefined) return { outcome: "revoked" };
    // The same request, sent twice at once: the other one has applied it.
    if (current === undefined || storedHash(current) !== hash) return { outcome: "conflict" };
  }
  return { outcome: "rotated", ...rotation };
}

function sealed(
  { secret, previousValidUntil }: Rotation,
  request: RotateRequest,
  idempotencyKey: string,
): RotationItem {
  const { keyId, now } = request;
  const end = new Date(now.getTime() + 1000 * IDEMPOTENCY_SECONDS);
  return {
    keyId: rotationId(keyId, idempotencyKey),
    kind: "rotation",
    hash: NO_HASH,
    name: "(rotation of a key)",
    plan: "none",
    createdAt: now.toISOString(),
    revokedAt: now.toISOString(),
    sealed: sealSecret(secret, keyId, idempotencyKey),
    previousValidUntil,
    validUntil: end.toISOString(),
    expireAt: Math.ceil(end.getTime() / 1000),
  };
}
