import type { Credit } from "../../../contracts/control/credits.ts";
import { CreditScope } from "../../../contracts/control/credits.ts";
import type { RecordOf } from "../../../contracts/control/records.ts";
import { MAX_CREDITS_OF_SUBJECT } from "../../../contracts/limits/use-limit.ts";
import { balanceOf, heldGrants, isLive, type UsedCredit, usableOf } from "../../../domain/limits/credit-ledger.ts";
import type { CreditUse } from "../../../domain/limits/credit-use.ts";
import { subjectLimitsId } from "../../../domain/limits/subject-limits.ts";
import { type Change, ID_MARK } from "../../../domain/tenancy/changes.ts";
import { ORGANIZATION } from "../../../domain/tenancy/roles.ts";
import { unixSeconds } from "../../../domain/tenancy/unix-seconds.ts";
import { ControlError } from "../call/control-error.ts";
import { gatewaysId, type LimitedSubject } from "../call/limited-subject.ts";
import type { ControlStore } from "../store/control-store.ts";
import { sourceOf, type UsageTools } from "../usage/requested-usage.ts";

type CreditRecord = RecordOf<"credit">;

/** A subject that may have credit. */
export interface CreditSubject {
  readonly scope: CreditScope;
  readonly subjectId: string;
}

/** A stored grant, and what is used of it. */
export interface StoredCredit extends UsedCredit {
  readonly grant: CreditRecord;
}

const READ_AT_ONCE = 1000;
/** Sums that are read at the same time. */
const SUMS_AT_ONCE = 25;

/** @throws {ControlError} for a subject that credit is not granted to */
export function creditSubject({ scope, subjectId }: Pick<LimitedSubject, "scope" | "subjectId">): CreditSubject {
  const credited = CreditScope.safeParse(scope);
  if (credited.success) return { scope: credited.data, subjectId };
  throw new ControlError(
    "invalid_request",
    `Credit is granted to the organisation or a project, and not to a ${scope.replace("_", " ")}; name one of these in the path.`,
    { param: "limit_scope" },
  );
}

/** All grants of a subject, oldest first, with what is used of them. */
export async function subjectCredits(
  tools: UsageTools,
  { scope, subjectId }: CreditSubject,
): Promise<readonly StoredCredit[]> {
  const source = sourceOf(tools);
  const records: CreditRecord[] = [];
  let after: string | undefined;
  for (let hasMore = true; hasMore; ) {
    const range = { kind: "credit", within: [scope, subjectId], limit: READ_AT_ONCE } as const;
    const page = await tools.store.list(tools.caller.organizationId, {
      ...range,
      ...(after === undefined ? {} : { after }),
    });
    records.push(...page.records);
    after = records.at(-1)?.id;
    hasMore = page.hasMore;
  }
  const credits: StoredCredit[] = [];
  for (let start = 0; start < records.length; start += SUMS_AT_ONCE)
    credits.push(
      ...(await Promise.all(
        records
          .slice(start, start + SUMS_AT_ONCE)
          .map(async (grant) => ({ grant, use: await source.creditUse(grant.id) })),
      )),
    );
  return credits;
}

/**
 * The change by which gateways hold these grants.
 * @param credits `undefined` where the subject needs no credit any more
 * @throws {ControlError} for too many that can be used
 */
export async function holdCredits(
  {
    store,
    caller,
    nowMs,
  }: { readonly store: ControlStore; readonly caller: { readonly organizationId: string }; readonly nowMs: number },
  { scope, subjectId }: CreditSubject,
  credits: readonly UsedCredit[] | undefined,
): Promise<Change> {
  const subject = { scope, subject: gatewaysId(scope, subjectId, caller.organizationId) };
  const held = credits && heldGrants(credits, unixSeconds(nowMs));
  if (held !== undefined && held.length > MAX_CREDITS_OF_SUBJECT)
    throw new ControlError(
      "invalid_request",
      `At most ${MAX_CREDITS_OF_SUBJECT} grants of credit can be in use; revoke one, or wait until one is used up.`,
    );
  const version = await store.limitsVersion(subjectLimitsId(subject));
  return { action: "setCredits", subject, credits: held, version, at: new Date(nowMs) };
}

/** A grant as the API shows it. */
export function shownCredit(
  { grant, use }: { readonly grant: CreditRecord; readonly use: CreditUse },
  now: number,
): Credit {
  return {
    object: "organization.credit",
    id: grant.id,
    scope: grant.scope,
    subject_id: grant.subjectId,
    amount_nano_usd: grant.amount,
    used_nano_usd: use.used,
    balance_nano_usd: balanceOf({ grant, use }, now),
    status: statusOf({ grant, use }, now),
    description: grant.description ?? null,
    created_at: grant.createdAt,
    expires_at: grant.expiresAt ?? null,
  };
}

function statusOf({ grant, use }: UsedCredit, now: number): Credit["status"] {
  if (grant.revokedAt !== undefined) return "revoked";
  if (use.used >= usableOf(grant)) return "used";
  return isLive(grant, now) ? "active" : "expired";
}

/** Whether a subject may use nothing but credit. */
export function isCreditRequired(
  { store, caller }: Pick<UsageTools, "store" | "caller">,
  { scope, subjectId }: CreditSubject,
): Promise<boolean> {
  const subject = { scope, subject: gatewaysId(scope, subjectId, caller.organizationId) };
  return store.needsCredit(subjectLimitsId(subject));
}

/** Sorts after every id of a grant. */
const AFTER_ALL = "~";

/**
 * Subjects that were ever granted credit, in the order of scopes by the alphabet, then of ids.
 * @param after id of the subject after which they begin
 */
export async function creditedSubjects(
  store: ControlStore,
  organizationId: string,
  after: string | undefined,
  limit: number,
): Promise<readonly CreditSubject[]> {
  const subjects: CreditSubject[] = [];
  const scope = after === ORGANIZATION ? "organization" : "project";
  let from = after === undefined ? undefined : [scope, after, AFTER_ALL].join(ID_MARK);
  while (subjects.length < limit) {
    const range = { kind: "credit", limit: 1, ...(from === undefined ? {} : { after: from }) } as const;
    const [first] = (await store.list(organizationId, range)).records;
    if (first === undefined) break;
    subjects.push({ scope: first.scope, subjectId: first.subjectId });
    from = [first.scope, first.subjectId, AFTER_ALL].join(ID_MARK);
  }
  return subjects;
}
