import { DEFAULT_PLAN, type KeyScope, NO_HASH } from "../../contracts/processes/auth.ts";
import type { WorkloadPolicy } from "../../contracts/processes/workloads.ts";
import { type CreatedKey, createKey } from "../keys/key-item.ts";
import { recordId } from "../keys/record-id.ts";

/** Longest name of a key. */
const NAME_CHARACTERS = 100;

export interface WorkloadKeyDescription {
  readonly policy: WorkloadPolicy;
  /** `sub` of the token. */
  readonly subject: string;
  readonly scopes: readonly KeyScope[];
  readonly seconds: number;
  readonly now: Date;
}

/** A restricted key for one workload. It belongs to a service account of the policy's name. */
export function workloadKey({ policy, subject, scopes, seconds, now }: WorkloadKeyDescription): CreatedKey {
  const { models, addresses } = policy;
  return createKey({
    name: `${policy.name}: ${subject}`.slice(0, NAME_CHARACTERS).toWellFormed(),
    plan: policy.plan ?? DEFAULT_PLAN,
    maxPriority: policy.maxPriority,
    owner: { type: "service_account", id: policy.name },
    projectId: policy.projectId,
    createdAt: now,
    expiresAt: new Date(now.getTime() + 1000 * seconds).toISOString(),
    models: models && [...models],
    addresses: addresses && [...addresses],
    scopes: [...scopes],
  });
}

/**
 * An item of the keys table that is no key, stored until a time. It has the form of a revoked key, for readers that
 * take every item of the table for a key.
 */
export interface ExchangeRecord {
  readonly keyId: string;
  readonly kind: "subject-token" | "failed-exchanges";
  readonly hash: typeof NO_HASH;
  readonly name: string;
  readonly plan: string;
  readonly createdAt: string;
  readonly revokedAt: string;
  /** Unix seconds after which DynamoDB deletes the item. */
  readonly expireAt: number;
}

const NAMES = { "subject-token": "(exchanged token)", "failed-exchanges": "(failed token exchanges)" } as const;

/** @param expireAt Unix seconds */
export function exchangeRecord(
  kind: ExchangeRecord["kind"],
  subject: string,
  now: Date,
  expireAt: number,
): ExchangeRecord {
  return {
    keyId: recordId(kind, subject),
    kind,
    hash: NO_HASH,
    name: NAMES[kind],
    plan: "none",
    createdAt: now.toISOString(),
    revokedAt: now.toISOString(),
    expireAt,
  };
}
