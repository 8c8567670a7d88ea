import type { RecordOf } from "../../contracts/control/records.ts";
import type { DirectoryGroups } from "../../contracts/processes/directory-groups.ts";
import {
  type ClaimedGroups,
  type GroupsProblem,
  groupDifferences,
  heldUntil,
} from "../../domain/people/directory-groups.ts";
import { MAX_GROUPS_PER_USER } from "../../domain/people/group-access.ts";
import { revokedKeysOf } from "../../domain/people/revoked-keys.ts";
import { type Change, removeRecord, requireUnchanged } from "../../domain/tenancy/changes.ts";
import { eventsOf } from "../../domain/tenancy/join-organization.ts";
import { unixSeconds } from "../../domain/tenancy/unix-seconds.ts";
import type { SubjectClaims } from "../../domain/workloads/choose-policy.ts";
import type { PeopleStore } from "./people-store.ts";

type User = RecordOf<"user">;
type Link = RecordOf<"userGroup">;

export interface FollowTools {
  readonly settings: DirectoryGroups;
  readonly store: Pick<PeopleStore, "get" | "listWithin" | "write">;
  /** Writes one line of the log. */
  readonly log: (line: Readonly<Record<string, unknown>>) => void;
}

/** What the log says of a token whose groups can't be read. Whoever has it gets no rights by groups. */
const PROBLEMS: Readonly<Record<GroupsProblem, string>> = {
  overage:
    "The ID token leaves the groups out, as the person is in too many, and counts as one without groups. At Microsoft Entra, write 'Groups assigned to the application' into the token.",
  form: "The claim with the groups is neither a text nor a list of texts, and counts as one without groups. Correct the claim at the identity provider.",
};

/** Says in the log why a token counts as one without groups. */
export function logProblem(problem: GroupsProblem, facts: object, log: FollowTools["log"]): void {
  log({ level: "warn", msg: PROBLEMS[problem], rule: `people: groups-${problem}`, ...facts });
}

/**
 * Makes a user's memberships of the groups that the setting names what an ID token says. Each change of a membership is one transaction
 * with its audit event, and ends the keys that the user had by a group that was left.
 * @returns `unchanged` where they are so already; otherwise the user is to be read again
 */
export async function followGroups(
  user: User,
  { groupIds }: ClaimedGroups,
  { all }: SubjectClaims,
  tools: FollowTools,
  nowMs: number,
): Promise<"unchanged" | "changed" | "lost-race"> {
  const { settings, store } = tools;
  const issuedAt = typeof all.iat === "number" ? Math.floor(all.iat) : 0;
  // A token that was made before the one that the groups are from says nothing new.
  if (issuedAt < (user.groupsAt ?? 0)) return "unchanged";
  const links = await store.listWithin("userGroup", [user.id]);
  const { left, joined, renewed } = groupDifferences(settings, groupIds, links, issuedAt);
  const groups = await changeableGroups([...left.map(({ groupId }) => groupId), ...joined], tools);
  const leaving = left.filter(({ groupId }) => groups.has(groupId));
  const joining = await withRoom(
    joined.filter((id) => groups.has(id)),
    { links, leaving, user },
    tools,
  );
  const until = heldUntil(settings, issuedAt);
  const event = eventsOf(user, nowMs);
  const steps = [
    ...leaving.map((link) => async () => ({
      changes: await leave(link, store, nowMs),
      event: event("tenant.group.member.removed", { id: link.groupId, user_id: user.id }),
    })),
    ...joining.map((groupId) => async () => ({
      changes: [...join(groupId, user.id, until, nowMs), ...[groups.get(groupId) ?? []].flat().map(requireUnchanged)],
      event: event("tenant.group.member.added", { id: groupId, user_id: user.id }),
    })),
  ];
  let { version } = user;
  for (const step of steps) {
    const { changes, event: written } = await step();
    const record = { ...user, version: version + 1, groupsAt: issuedAt };
    const all: readonly Change[] = [...changes, { action: "replace", record, version }, written];
    if ((await store.write(all, undefined)) !== "stored") return "lost-race";
    version++;
  }
  return steps.length === 0 && renewed.length === 0 ? "unchanged" : await renew(renewed, until, tools);
}

/** The user leaves a group, and the keys by it end. */
async function leave(link: Link, store: FollowTools["store"], nowMs: number): Promise<readonly Change[]> {
  const { groupId, userId } = link;
  const member = await store.get({ kind: "groupUser", ids: [groupId, userId] });
  const keys = await revokedKeysOf((key) => store.get(key), userId, nowMs, { groupId });
  return [removeRecord(link), ...(member ? [removeRecord(member)] : []), ...keys];
}

function join(groupId: string, userId: string, until: number, nowMs: number): readonly Change[] {
  const link = { version: 1, groupId, userId } as const;
  return [
    { action: "create", record: { kind: "groupUser", ...link, addedAt: unixSeconds(nowMs) } },
    { action: "create", record: { kind: "userGroup", ...link, heldUntil: until } },
  ];
}

/** As many of the groups as the user may be in. */
async function withRoom(
  joined: readonly string[],
  { links, leaving, user }: { readonly links: readonly Link[]; readonly leaving: readonly Link[]; readonly user: User },
  { store, log }: FollowTools,
): Promise<readonly string[]> {
  if (joined.length === 0) return joined;
  const groups = await Promise.all(links.map(({ groupId }) => store.get({ kind: "group", ids: [groupId] })));
  const count = groups.filter((group) => group !== undefined).length - leaving.length;
  const room = Math.max(0, MAX_GROUPS_PER_USER - count);
  for (const group of joined.slice(room))
    log({
      level: "warn",
      msg: `A user is in at most ${MAX_GROUPS_PER_USER} groups; this one was left out.`,
      user: user.id,
      group,
    });
  return joined.slice(0, room);
}

async function renew(links: readonly Link[], until: number, { store }: FollowTools): Promise<"changed" | "lost-race"> {
  if (links.length === 0) return "changed";
  const changes = links.map((link): Change => {
    const record = { ...link, version: link.version + 1, heldUntil: until };
    return { action: "replace", record, version: link.version };
  });
  return (await store.write(changes, undefined)) === "stored" ? "changed" : "lost-race";
}

/** The groups that a token may change: those that exist, and that no identity provider changes by SCIM. */
async function changeableGroups(
  ids: readonly string[],
  { store, log }: FollowTools,
): Promise<ReadonlyMap<string, RecordOf<"group">>> {
  const found = await Promise.all(ids.map((id) => store.get({ kind: "group", ids: [id] })));
  for (const [index, id] of ids.entries()) {
    if (found[index] === undefined)
      log({ level: "warn", msg: "identity.people.groups names a group that does not exist.", group: id });
    if (found[index]?.isProvisioned)
      log({ level: "warn", msg: "The members of the group come by SCIM; ID tokens change none of them.", group: id });
  }
  return new Map(found.flatMap((group) => (group && !group.isProvisioned ? [[group.id, group] as const] : [])));
}
