import type { RecordOf } from "../../contracts/control/records.ts";
import { createKey } from "../keys/key-item.ts";
import { ORGANIZATION } from "../tenancy/roles.ts";
import { unixSeconds } from "../tenancy/unix-seconds.ts";
import { type NewPersonKey, withSignInKey } from "./person-key.ts";

export interface OperatorKeyDescription {
  readonly user: RecordOf<"user">;
  /** Usage plan. */
  readonly plan: string;
  readonly seconds: number;
  readonly scope: "admin" | "observe" | "logs";
  /** The user's keys, as they are stored. */
  readonly stored: RecordOf<"personKeys"> | undefined;
  readonly nowMs: number;
}

/** Makes a key by which a user operates or observes the gateways, or reads their log; it uses no models, and ends with its user. Nothing is stored. */
export function newOperatorKey({ user, plan, seconds, scope, stored, nowMs }: OperatorKeyDescription): NewPersonKey {
  const expiresAt = unixSeconds(nowMs) + seconds;
  const { secret, item } = createKey({
    name: user.email.slice(0, 100).toWellFormed(),
    plan,
    owner: { type: "user", id: user.id },
    createdAt: new Date(nowMs),
    expiresAt: new Date(1000 * expiresAt).toISOString(),
    scopes: [scope],
  });
  // It belongs to no project, so it ends when the user leaves the organisation.
  const key = { keyId: item.keyId, projectId: ORGANIZATION, expiresAt };
  return { secret, keyId: item.keyId, expiresAt, changes: withSignInKey(user.id, item, key, stored, nowMs) };
}
