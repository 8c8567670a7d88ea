import { hash } from "node:crypto";
import * as z from "zod";
import type { RecordOf } from "../../../contracts/control/records.ts";
import { IDEMPOTENCY_KEY } from "../../../domain/keys/rotate-key.ts";
import { openSecret, sealSecret } from "../../../domain/keys/sealed-secret.ts";
import type { Change } from "../../../domain/tenancy/changes.ts";
import { unixSeconds } from "../../../domain/tenancy/unix-seconds.ts";
import type { ControlStore } from "../store/control-store.ts";
import { ControlError } from "./control-error.ts";
import type { ControlResult } from "./control-result.ts";

/** How long a repeated request gets the response of the first, in seconds: a day. */
const STORED_SECONDS = 86_400;

/** A request with an `Idempotency-Key`. */
export interface RepeatableRequest {
  readonly idempotencyKey: string;
  /** SHA-256 of the caller's key and the header, in hex. */
  readonly id: string;
  /** SHA-256 of method, path and body, in hex. */
  readonly request: string;
  /** A stored response whose time is over, which the next one replaces. */
  readonly expired: RecordOf<"idempotency"> | undefined;
}

const StoredResult = z.object({ body: z.unknown(), version: z.number().exactOptional() });

/**
 * Finds the stored response of an earlier request with the same `Idempotency-Key` by the same admin key.
 * @returns the response, or what stores the response of this request
 * @throws {ControlError} when the header is too short or too long, or the earlier request was another one
 */
export async function findRepeated(
  store: ControlStore,
  caller: { readonly organizationId: string; readonly keyId: string },
  idempotencyKey: string,
  request: readonly string[],
  nowMs: number,
): Promise<{ readonly response: ControlResult<unknown> } | { readonly repeatable: RepeatableRequest }> {
  const { min, max } = IDEMPOTENCY_KEY;
  if (idempotencyKey.length < min || idempotencyKey.length > max)
    throw new ControlError(
      "invalid_request",
      `Idempotency-Key must have ${min} to ${max} characters, got ${idempotencyKey.length}; send a random one, such as a UUID.`,
    );
  const id = digest([caller.keyId, idempotencyKey]);
  const fingerprint = digest(request);
  const stored = await store.get(caller.organizationId, { kind: "idempotency", ids: [id] });
  if (stored === undefined || stored.expiresAt * 1000 <= nowMs)
    return { repeatable: { idempotencyKey, id, request: fingerprint, expired: stored } };
  const text = openSecret(stored.sealed, id, idempotencyKey);
  if (stored.request !== fingerprint || text === undefined)
    throw new ControlError(
      "invalid_request",
      "This Idempotency-Key was used for another request within a day; send a new one with each new request.",
    );
  return { response: StoredResult.parse(JSON.parse(text)) };
}

/** Stores the response for a repetition of the request. */
export function storedResponse(
  repeatable: RepeatableRequest,
  { body, version }: ControlResult<unknown>,
  nowMs: number,
): Change {
  const { idempotencyKey, id, request, expired } = repeatable;
  const record = {
    kind: "idempotency",
    version: (expired?.version ?? 0) + 1,
    id,
    request,
    sealed: sealSecret(JSON.stringify({ body, ...(version === undefined ? {} : { version }) }), id, idempotencyKey),
    expiresAt: unixSeconds(nowMs) + STORED_SECONDS,
  } as const;
  return expired ? { action: "replace", record, version: expired.version } : { action: "create", record };
}

function digest(parts: readonly string[]): string {
  return hash("sha256", JSON.stringify(parts));
}
