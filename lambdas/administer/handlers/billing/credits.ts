import type { CreditBalance } from "../../../../contracts/control/credits.ts";
import type { RecordOf } from "../../../../contracts/control/records.ts";
import { balanceOf, inBurnDownOrder, ledgerOf, paidBy } from "../../../../domain/limits/credit-ledger.ts";
import { requireUnchanged } from "../../../../domain/tenancy/changes.ts";
import { newId } from "../../../../domain/tenancy/ids.ts";
import { ORGANIZATION } from "../../../../domain/tenancy/roles.ts";
import { unixSeconds } from "../../../../domain/tenancy/unix-seconds.ts";
import { auditEvent, type ControlHandler, change, page } from "../../call/control-call.ts";
import { ControlError, notFound } from "../../call/control-error.ts";
import { projectOfSubject } from "../../call/limited-subject.ts";
import {
  type CreditSubject,
  creditedSubjects,
  creditSubject,
  holdCredits,
  isCreditRequired,
  type StoredCredit,
  shownCredit,
  subjectCredits,
} from "../../credits/subject-credits.ts";
import type { UsageTools } from "../../usage/requested-usage.ts";
import { refuseArchived } from "../projects.ts";

const PREFIX = "credits-";
/** Of a balance: grants that it shows. */
const SHOWN = 100;

const NO_USE = { used: 0, days: new Map<string, number>() };

/** Of all subjects that were ever granted credit: the organisation first, then projects by id. */
export const listCreditBalances: ControlHandler<"listCreditBalances"> = async (call) => {
  const { query, store, caller } = call;
  const after = query.after?.startsWith(PREFIX) ? query.after.slice(PREFIX.length) : undefined;
  if (query.after !== undefined && after === undefined)
    throw new ControlError(
      "invalid_request",
      "`after` must be the `last_id` of the page before; correct it in the query.",
      {
        param: "after",
      },
    );
  const subjects = await creditedSubjects(store, caller.organizationId, after, query.limit + 1);
  const shown = subjects.slice(0, query.limit);
  const balances = await Promise.all(shown.map((subject) => balance(call, subject)));
  return { body: page(balances, subjects.length > query.limit) };
};

export const retrieveCredits: ControlHandler<"retrieveCredits"> = async (call) => ({
  body: await balance(call, creditSubject(call.records.subject_id)),
});

/** Gateways hold it within a second. From the first grant on the subject may use nothing but credit. */
export const grantCredit: ControlHandler<"grantCredit"> = async (call) => {
  const { body, nowMs } = call;
  const subject = creditSubject(call.records.subject_id);
  const project = await projectOfSubject(call, subject);
  if (project) refuseArchived(project);
  const now = unixSeconds(nowMs);
  if (body.expires_at !== undefined && body.expires_at <= now)
    throw new ControlError(
      "invalid_request",
      `expires_at is ${body.expires_at}, and must be in the future: now is ${now}, in Unix seconds; send a later time, or leave it out.`,
      { param: "expires_at" },
    );
  const before = await subjectCredits(call, subject);
  const pays = paidBy(before, body.amount_nano_usd);
  const record: RecordOf<"credit"> = {
    kind: "credit",
    version: 1,
    id: newId("credit", nowMs),
    ...subject,
    amount: body.amount_nano_usd,
    ...(body.description === undefined ? {} : { description: body.description }),
    createdAt: now,
    ...(body.expires_at === undefined ? {} : { expiresAt: body.expires_at }),
    ...(pays.length === 0 ? {} : { pays: [...pays] }),
  };
  const credit = { grant: record, use: NO_USE };
  const data = {
    subject_id: subject.subjectId,
    amount_nano_usd: record.amount,
    expires_at: record.expiresAt ?? null,
  };
  return change(
    call,
    auditEvent("credit.granted", { id: record.id, data }),
    [
      { action: "create", record },
      await holdCredits(call, subject, [...before, credit]),
      ...(project ? [requireUnchanged(project)] : []),
    ],
    { body: shownCredit(credit, now) },
  );
};

/** What is left of it can't be used any more, within a second. The subject still needs credit. */
export const revokeCredit: ControlHandler<"revokeCredit"> = async (call) => {
  const subject = creditSubject(call.records.subject_id);
  const { id } = call.records.credit_id;
  const now = unixSeconds(call.nowMs);
  const credits = await subjectCredits(call, subject);
  const found = credits.find(({ grant }) => grant.id === id);
  if (found === undefined) throw notFound("credit", id);
  if (found.grant.revokedAt !== undefined) return { body: shownCredit(found, now) };
  const revoked = revokedAt(found, now);
  const rest = credits.map((credit) => (credit === found ? revoked : credit));
  return change(
    call,
    auditEvent("credit.revoked", { id }),
    [replaced(revoked), await holdCredits(call, subject, rest)],
    { body: shownCredit(revoked, now) },
  );
};

/** Revokes what is left, and lets the subject use models without credit again. */
export const endCredits: ControlHandler<"endCredits"> = async (call) => {
  const subject = creditSubject(call.records.subject_id);
  const now = unixSeconds(call.nowMs);
  const credits = await subjectCredits(call, subject);
  const live = credits.filter((credit) => balanceOf(credit, now) > 0);
  const revoked = live.map((credit) => replaced(revokedAt(credit, now)));
  return change(
    call,
    auditEvent("credits.ended", { id: subject.subjectId }),
    [...revoked, await holdCredits(call, subject, undefined)],
    { body: { object: "organization.credits.ended", id: idOf(subject), deleted: true } },
  );
};

/** Oldest first. */
export const listCreditMovements: ControlHandler<"listCreditMovements"> = async (call) => {
  const { limit, after } = call.query;
  const credits = await subjectCredits(call, creditSubject(call.records.subject_id));
  const entries = ledgerOf(credits, unixSeconds(call.nowMs)).map((entry) => ({
    object: "organization.credit_entry" as const,
    id: `${entry.movementId}-${entry.account}`,
    movement_id: entry.movementId,
    type: entry.type,
    account: entry.account,
    amount_nano_usd: entry.amount,
    at: entry.at,
  }));
  const start = after === undefined ? 0 : entries.findIndex(({ id }) => id === after) + 1;
  if (after !== undefined && start === 0)
    throw new ControlError(
      "invalid_request",
      "`after` must be the `last_id` of the page before; correct it in the query.",
      {
        param: "after",
      },
    );
  return { body: page(entries.slice(start, start + limit), entries.length > start + limit) };
};

function revokedAt(credit: StoredCredit, now: number): StoredCredit {
  const { grant } = credit;
  return { ...credit, grant: { ...grant, version: grant.version + 1, revokedAt: now } };
}

function replaced({ grant }: StoredCredit) {
  return { action: "replace", record: grant, version: grant.version - 1 } as const;
}

function idOf({ scope, subjectId }: CreditSubject): string {
  return scope === "organization" ? `${PREFIX}${ORGANIZATION}` : `${PREFIX}${subjectId}`;
}

async function balance(tools: UsageTools, subject: CreditSubject): Promise<CreditBalance> {
  const now = unixSeconds(tools.nowMs);
  const credits = await subjectCredits(tools, subject);
  const usable = credits.filter((credit) => balanceOf(credit, now) > 0);
  const byId = new Map(credits.map((credit) => [credit.grant.id, credit]));
  const inOrder = inBurnDownOrder(usable.map(({ grant }) => grant)).flatMap(({ id }) => byId.get(id) ?? []);
  const others = credits.filter((credit) => !usable.includes(credit)).toReversed();
  return {
    object: "organization.credit_balance",
    id: idOf(subject),
    ...{ scope: subject.scope, subject_id: subject.subjectId },
    is_required: await isCreditRequired(tools, subject),
    balance_nano_usd: usable.reduce((sum, credit) => sum + balanceOf(credit, now), 0),
    credits: [...inOrder, ...others].slice(0, SHOWN).map((credit) => shownCredit(credit, now)),
  };
}
