import { hash } from "node:crypto";
import type { RecordOf } from "../../contracts/control/records.ts";
import type { Change } from "../tenancy/changes.ts";
import { unixSeconds } from "../tenancy/unix-seconds.ts";
import type { SubjectClaims } from "../workloads/choose-policy.ts";

const DAY_SECONDS = 86_400;
/** A link that no sign-in has used for so long is deleted by DynamoDB. */
const LINK_DAYS = 400;
/** It is written anew at a sign-in when it is so old, and not at each one. */
const RENEW_DAYS = 30;
/** OpenID Connect Core, section 2: `sub` has at most 255 ASCII characters. */
const MAX_SUBJECT = 255;

/**
 * The issuer's id of a person, as a hash: the control table has no other trace of it.
 * @returns `undefined` for a token that names nobody
 */
export function subjectIdOf({ iss, sub }: Pick<SubjectClaims, "iss" | "sub">): string | undefined {
  if (sub === undefined || sub === "" || sub.length > MAX_SUBJECT) return undefined;
  return hash("sha256", JSON.stringify([iss, sub]), "base64url");
}

/**
 * What stores that the issuer's id of a person is a user's: access tokens may have no address.
 * @param stored the link, as it is
 */
export function linkSubject(
  stored: RecordOf<"signInSubject"> | undefined,
  { id, userId, nowMs }: { readonly id: string; readonly userId: string; readonly nowMs: number },
): readonly Change[] {
  const now = unixSeconds(nowMs);
  const record = { kind: "signInSubject", version: 1, id, userId, expiresAt: now + LINK_DAYS * DAY_SECONDS } as const;
  if (stored === undefined) return [{ action: "create", record }];
  const isFresh = stored.expiresAt - now > (LINK_DAYS - RENEW_DAYS) * DAY_SECONDS;
  if (stored.userId === userId && isFresh) return [];
  return [{ action: "replace", record: { ...record, version: stored.version + 1 }, version: stored.version }];
}
