import type { RecordOf } from "../../contracts/control/records.ts";
import { type ApiKeyItem, DEFAULT_PLAN, type KeyScope } from "../../contracts/processes/auth.ts";
import type { PeopleSettings } from "../../contracts/processes/people.ts";
import { createKey } from "../keys/key-item.ts";
import type { Change } from "../tenancy/changes.ts";
import { unixSeconds } from "../tenancy/unix-seconds.ts";
import type { GroupAccess } from "./group-access.ts";

/** Keys of a user that work at once; all are revoked in the transaction that removes the user. */
export const MAX_LIVE_KEYS_PER_USER = 20;
/** DynamoDB may delete a key so long after its expiry; until then it is refused as expired. */
const DELETE_AFTER_SECONDS = 3600;

/** What a key may do for models, by its user's role in the project. */
export const ROLE_KEY_SCOPES = {
  owner: ["generate", "read"],
  member: ["generate", "read"],
} as const satisfies Readonly<Record<RecordOf<"membership">["role"], readonly KeyScope[]>>;

/** `expiresAt` of a lasting key in the record of its user: the key is there until it is deleted, also one that has expired. */
export const LASTING = 9_999_999_999;

type StoredKey = RecordOf<"personKeys">["keys"][number];

/** Keys that a user made, and did not get by signing in. */
export function lastingKeys(stored: RecordOf<"personKeys"> | undefined): readonly StoredKey[] {
  return (stored?.keys ?? []).filter(isLasting);
}

function isLasting({ expiresAt }: StoredKey): boolean {
  return expiresAt === LASTING;
}

/** The user's record with these keys in place of the lasting ones. */
export function withLastingKeys(
  userId: string,
  stored: RecordOf<"personKeys"> | undefined,
  keys: readonly StoredKey[],
  nowMs: number,
): Change {
  return storedAs(userId, [...liveKeys(stored, nowMs).filter((key) => !isLasting(key)), ...keys], stored, nowMs);
}

/** The keys of a user that have not expired, and those that the user made. */
export function liveKeys(stored: RecordOf<"personKeys"> | undefined, nowMs: number): RecordOf<"personKeys">["keys"] {
  return (stored?.keys ?? []).filter(({ expiresAt }) => expiresAt * 1000 > nowMs);
}

export interface PersonKeyDescription {
  readonly settings: Pick<PeopleSettings, "plan">;
  readonly user: RecordOf<"user">;
  readonly projectId: string;
  readonly scopes: readonly KeyScope[];
  readonly seconds: number;
  /** The user's keys, as they are stored. */
  readonly stored: RecordOf<"personKeys"> | undefined;
  /** Id of the browser's session that the key is for. @default - none */
  readonly sessionId?: string | undefined;
  /** By which the user is in the project. @default - the user is a member of it */
  readonly byGroup?: Pick<GroupAccess, "groupId" | "endedBy"> | undefined;
  readonly nowMs: number;
}

export interface NewPersonKey {
  readonly secret: string;
  readonly keyId: string;
  /** Unix seconds. */
  readonly expiresAt: number;
  readonly changes: readonly Change[];
}

/** Makes a key for models that belongs to a user, in a project. Nothing is stored. */
export function newPersonKey(description: PersonKeyDescription): NewPersonKey {
  const { settings, user, projectId, scopes, seconds, stored, sessionId, byGroup, nowMs } = description;
  const expiresAt = unixSeconds(nowMs) + seconds;
  const made = createKey({
    name: user.email.slice(0, 100).toWellFormed(),
    plan: settings.plan ?? DEFAULT_PLAN,
    owner: { type: "user", id: user.id },
    projectId,
    createdAt: new Date(nowMs),
    expiresAt: new Date(1000 * expiresAt).toISOString(),
    scopes: [...scopes],
  });
  const { secret } = made;
  const item = { ...made.item, ...(byGroup === undefined ? {} : { endedBy: [...byGroup.endedBy] }) };
  const key = {
    keyId: item.keyId,
    projectId,
    expiresAt,
    ...(sessionId === undefined ? {} : { sessionId }),
    ...(byGroup === undefined ? {} : { groupId: byGroup.groupId }),
  };
  return { secret, keyId: item.keyId, expiresAt, changes: withSignInKey(user.id, item, key, stored, nowMs) };
}

/** Stores a key that lasts for minutes, with the record of its user's keys. */
export function withSignInKey(
  userId: string,
  item: ApiKeyItem,
  key: StoredKey,
  stored: RecordOf<"personKeys"> | undefined,
  nowMs: number,
): readonly Change[] {
  const live = signInKeys(stored, nowMs);
  // The oldest ends: exchanges were refused before, so only a browser that is loaded again and again comes here.
  const ended = live.slice(0, Math.max(0, live.length + 1 - MAX_LIVE_KEYS_PER_USER));
  const keys = [...live.slice(ended.length), key, ...lastingKeys(stored)];
  return [
    { action: "createKey", item, deleteAt: key.expiresAt + DELETE_AFTER_SECONDS },
    storedAs(userId, keys, stored, nowMs),
    ...ended.map((one) => revocation(one.keyId, nowMs)),
  ];
}

/** The keys that a user got by signing in, and that have not expired. */
export function signInKeys(stored: RecordOf<"personKeys"> | undefined, nowMs: number): readonly StoredKey[] {
  return liveKeys(stored, nowMs).filter((key) => !isLasting(key));
}

function revocation(keyId: string, nowMs: number): Change {
  return { action: "revokeKey", keyId, at: new Date(nowMs) };
}

/** Which of a user's keys are revoked. @default - all */
export interface RevokedKeys {
  /** Those of one project. */
  readonly projectId?: string | undefined;
  /** Those of one browser's session. */
  readonly sessionId?: string | undefined;
  /** Those that the user has by one group. */
  readonly groupId?: string | undefined;
}

/**
 * Revokes keys of a user: those by sign-in, and lasting ones. It holds only while no further key was made for the user since `stored` was
 * read.
 */
export function revokePersonKeys(
  userId: string,
  stored: RecordOf<"personKeys"> | undefined,
  nowMs: number,
  of: RevokedKeys = {},
): readonly Change[] {
  const isRevoked = isOf(of);
  const live = liveKeys(stored, nowMs);
  const revoked = live.filter(isRevoked);
  return [
    storedAs(
      userId,
      live.filter((key) => !revoked.includes(key)),
      stored,
      nowMs,
    ),
    ...revoked.map(({ keyId }) => revocation(keyId, nowMs)),
  ];
}

/** Which keys are revoked. */
export function isOf({ projectId, sessionId, groupId }: RevokedKeys): (key: StoredKey) => boolean {
  return (key) =>
    (projectId === undefined || key.projectId === projectId) &&
    (sessionId === undefined || key.sessionId === sessionId) &&
    (groupId === undefined || key.groupId === groupId);
}

/** The record is written without any key too: a key that is made at the same time then loses the race, or wins it. */
function storedAs(
  userId: string,
  all: readonly StoredKey[],
  before: RecordOf<"personKeys"> | undefined,
  nowMs: number,
): Change {
  const keys = [...all];
  const expiresAt = Math.max(unixSeconds(nowMs), ...keys.map((key) => key.expiresAt)) + DELETE_AFTER_SECONDS;
  const record = { kind: "personKeys", version: (before?.version ?? 0) + 1, userId, keys, expiresAt } as const;
  return before === undefined ? { action: "create", record } : { action: "replace", record, version: before.version };
}
