import type { RecordOf } from "../../contracts/control/records.ts";
import type { PeopleSettings } from "../../contracts/processes/people.ts";
import { heldGrants } from "../limits/credit-ledger.ts";
import type { Change } from "../tenancy/changes.ts";
import { newId } from "../tenancy/ids.ts";
import { eventsOf } from "../tenancy/join-organization.ts";
import { unixSeconds } from "../tenancy/unix-seconds.ts";

const NANO = 1_000_000_000;
const DAY_SECONDS = 86_400;
/** Longest name that the control API takes for a project. */
const MAX_NAME_CHARACTERS = 100;

type Admitted = Exclude<PeopleSettings["admit"], "invited" | undefined>;
export type OwnProjectSettings = NonNullable<Admitted["ownProject"]>;

export interface OwnProject {
  readonly project: RecordOf<"project">;
  /** Its membership is not among them. */
  readonly changes: readonly Change[];
}

/** Makes the project of a user who has signed up, with its tier and credit, by one transaction. Nothing is stored. */
export function newOwnProject(own: OwnProjectSettings, user: RecordOf<"user">, nowMs: number): OwnProject {
  const now = unixSeconds(nowMs);
  const event = eventsOf(user, nowMs);
  const name = user.email.slice(0, MAX_NAME_CHARACTERS).toWellFormed();
  const project = { kind: "project", version: 1, id: newId("project", nowMs), name, createdAt: now } as const;
  const credit = creditOf(own, project.id, nowMs);
  return {
    project,
    changes: [
      { action: "create", record: project },
      event("project.created", { id: project.id, data: { name, title: name } }),
      ...limitChanges(own, project.id, credit, nowMs),
      ...(credit === undefined
        ? []
        : [
            { action: "create", record: credit } as const,
            event("credit.granted", {
              id: credit.id,
              data: { subject_id: project.id, amount_nano_usd: credit.amount, expires_at: credit.expiresAt ?? null },
            }),
          ]),
    ],
  };
}

function creditOf(
  { creditUsd, creditDays }: OwnProjectSettings,
  projectId: string,
  nowMs: number,
): RecordOf<"credit"> | undefined {
  if (creditUsd === undefined) return undefined;
  const now = unixSeconds(nowMs);
  return {
    kind: "credit",
    version: 1,
    id: newId("credit", nowMs),
    scope: "project",
    subjectId: projectId,
    amount: Math.round(creditUsd * NANO),
    description: "Sign-up",
    createdAt: now,
    ...(creditDays === undefined ? {} : { expiresAt: now + creditDays * DAY_SECONDS }),
  };
}

/** One change of the item that gateways read has both: a transaction may change an item once. */
function limitChanges(
  { tier }: OwnProjectSettings,
  projectId: string,
  credit: RecordOf<"credit"> | undefined,
  nowMs: number,
): readonly Change[] {
  if (tier === undefined && credit === undefined) return [];
  const held = { limits: [], ...(tier === undefined ? {} : { tier }) };
  const record = {
    kind: "limits",
    version: 1,
    scope: "project",
    subjectId: projectId,
    ...held,
    updatedAt: unixSeconds(nowMs),
  } as const;
  const credits = credit && heldGrants([{ grant: credit, use: { used: 0, days: new Map() } }], unixSeconds(nowMs));
  const limits = { scope: "project", subject: projectId, ...held } as const;
  return [
    ...(tier === undefined ? [] : [{ action: "create", record } as const]),
    { action: "setLimits", limits, version: 0, at: new Date(nowMs), credits },
  ];
}
