import type { RecordOf } from "../../../contracts/control/records.ts";
import {
  MAX_LISTED_MEMBERS,
  MAX_MEMBERS,
  ScimGroupBody,
  type ScimListQuery,
} from "../../../contracts/scim/resources.ts";
import { SCIM } from "../../../contracts/scim/schemas.ts";
import { endGroupKeys } from "../../../domain/people/group-access.ts";
import { membershipFilter, parseFilter } from "../../../domain/scim/filter.ts";
import { type GroupPatch, groupPatch } from "../../../domain/scim/group-patch.ts";
import { wants } from "../../../domain/scim/projection.ts";
import { ScimError } from "../../../domain/scim/scim-error.ts";
import { newId } from "../../../domain/tenancy/ids.ts";
import { unixSeconds } from "../../../domain/tenancy/unix-seconds.ts";
import { auditEvent, change } from "../call/control-call.ts";
import { notFound } from "../call/control-error.ts";
import { changeMembers, memberIds, plannedChanges, requireUsers } from "./members.ts";
import { parsed } from "./parsed.ts";
import { allRecords, listResponse, metaOf, type ScimCall, type ScimHandler, type ScimResponse } from "./scim-call.ts";

type GroupRecord = RecordOf<"group">;
type Writing = Pick<ScimCall<"createGroup">, "caller" | "store" | "nowMs" | "repeatable">;

/** Lists have no members: a client asks for one group's. */
export const listGroups: ScimHandler<"listGroups"> = async ({ caller: { organizationId }, query, store }) => {
  const membership = membershipFilter(query.filter ?? "");
  if (membership !== undefined) {
    const { groupId, userId } = membership;
    const [group, member] = await Promise.all([
      store.get(organizationId, { kind: "group", ids: [groupId] }),
      store.get(organizationId, { kind: "groupUser", ids: [groupId, userId] }),
    ]);
    return listResponse(group && member ? [group] : [], query, (one) => groupResource(one, undefined));
  }
  const { attribute, value } =
    query.filter === undefined ? {} : parseFilter(query.filter, ["displayName", "externalId", "id"]);
  const groups = await allRecords(store, organizationId, "group", ({ id }) => id);
  // RFC 7643, section 8.7.1: the name of a group has no difference of upper and lower case, an external id has.
  const isNamed = (name: string) => value !== undefined && name.toLowerCase() === value.toLowerCase();
  const matches = ({ id, name, externalId }: GroupRecord) =>
    attribute === undefined || (attribute === "displayName" ? isNamed(name) : value === { externalId, id }[attribute]);
  return listResponse(groups.filter(matches), query, (group) => groupResource(group, undefined));
};

export const retrieveGroup: ScimHandler<"retrieveGroup"> = async (call) => shown(call, await groupOf(call), call.query);

export const createGroup: ScimHandler<"createGroup"> = async (call) => {
  const { body, nowMs } = call;
  const { displayName, externalId } = body;
  const members = idsOf(body.members);
  if (members.size > MAX_MEMBERS)
    throw new ScimError(
      413,
      `A new group has at most ${MAX_MEMBERS} members; these are ${members.size}. Add the others by PATCH.`,
    );
  await requireUsers(call, [...members]);
  await requireNew(call, externalId);
  const record: GroupRecord = {
    kind: "group",
    version: 1,
    id: newId("group", nowMs),
    name: displayName,
    createdAt: unixSeconds(nowMs),
    isProvisioned: true,
    ...(externalId === undefined ? {} : { externalId }),
  };
  const event = auditEvent("group.created", { id: record.id, data: { group_name: record.name } });
  await change(call, event, [{ action: "create", record }], { body: undefined });
  await changeMembers(call, record.id, { added: [...members], removed: [], total: members.size });
  return { ...(await shown(call, record, call.query)), status: 201 };
};

/** A client that got no response to its request and sends it again makes no second group, where it sends its own id. */
async function requireNew({ caller, store }: Writing, externalId: string | undefined): Promise<void> {
  if (externalId === undefined) return;
  const groups = await allRecords(store, caller.organizationId, "group", ({ id }) => id);
  const same = groups.find((group) => group.externalId === externalId);
  if (same)
    throw new ScimError(409, `The group '${same.id}' has this externalId already; change that one.`, "uniqueness");
}

export const replaceGroup: ScimHandler<"replaceGroup"> = async (call) => {
  const { displayName, externalId, members } = call.body;
  const all = { replacesAll: true, added: idsOf(members), removed: new Set<string>() };
  const group = await update(call, await groupOf(call), {
    displayName,
    externalId: externalId ?? null,
    members: all,
  });
  return shown(call, group, call.query);
};

/** A group with many members is not sent back: RFC 7644, section 3.5.2, leaves the body to the server. */
export const patchGroup: ScimHandler<"patchGroup"> = async (call) => {
  const group = await update(call, await groupOf(call), groupPatch(call.body.Operations));
  if (!wants("members", call.query, SCIM.group)) return { status: 200, body: groupResource(group, undefined) };
  const members = await memberIds(call.store, call.caller.organizationId, group.id, MAX_MEMBERS);
  return members.length > MAX_MEMBERS ? { status: 204 } : { status: 200, body: groupResource(group, members) };
};

/** The keys that people have by it end. What is stored about its users has no effect without the group, and no other group gets the id. */
export const deleteGroup: ScimHandler<"deleteGroup"> = async (call) => {
  const { id, version } = await groupOf(call);
  const removal = { action: "remove", key: { kind: "group", ids: [id] }, version } as const;
  await change(call, auditEvent("group.deleted", { id }), [removal, endGroupKeys(id, call.nowMs)], { body: undefined });
  return { status: 204 };
};

async function groupOf({ caller, id, store }: Pick<ScimCall<"retrieveGroup">, "caller" | "id" | "store">) {
  const group = await store.get(caller.organizationId, { kind: "group", ids: [id] });
  if (group) return group;
  throw notFound("group", id);
}

async function update(call: Writing, before: GroupRecord, patch: GroupPatch): Promise<GroupRecord> {
  const named = parsed(ScimGroupBody, {
    displayName: patch.displayName ?? before.name,
    externalId: patch.externalId === undefined ? before.externalId : patch.externalId,
  });
  const planned = await plannedChanges(call, before.id, patch.members);
  await requireUsers(call, planned.added);
  const group = await renamed(call, before, named);
  await changeMembers(call, group.id, planned);
  return group;
}

async function renamed(
  call: Writing,
  before: GroupRecord,
  { displayName, externalId }: ScimGroupBody,
): Promise<GroupRecord> {
  if (displayName === before.name && externalId === before.externalId) return before;
  const { externalId: _, ...unchanged } = before;
  const record: GroupRecord = {
    ...unchanged,
    name: displayName,
    version: before.version + 1,
    ...(externalId === undefined ? {} : { externalId }),
  };
  const event = auditEvent("group.updated", { id: record.id, changes_requested: { group_name: record.name } });
  await change(call, event, [{ action: "replace", record, version: before.version }], { body: undefined });
  return record;
}

async function shown(
  { caller, store }: Pick<Writing, "caller" | "store">,
  group: GroupRecord,
  query: Partial<ScimListQuery>,
): Promise<ScimResponse> {
  if (!wants("members", query, SCIM.group)) return { status: 200, body: groupResource(group, undefined) };
  const members = await memberIds(store, caller.organizationId, group.id, MAX_LISTED_MEMBERS);
  if (members.length > MAX_LISTED_MEMBERS)
    throw new ScimError(
      400,
      `The group '${group.id}' has more than ${MAX_LISTED_MEMBERS} members: send excludedAttributes=members.`,
      "tooMany",
    );
  return { status: 200, body: groupResource(group, members) };
}

/** The resource of RFC 7643, section 4.2. Attributes without a value are left out, and of many members all but the id. */
function groupResource({ id, name, externalId, createdAt }: GroupRecord, members: readonly string[] | undefined) {
  return {
    schemas: [SCIM.group],
    id,
    externalId,
    displayName: name,
    members: members?.map((value) =>
      members.length > MAX_MEMBERS
        ? { value }
        : { value, type: "User", $ref: `/scim/v2/Users/${encodeURIComponent(value)}` },
    ),
    meta: metaOf("Group", id, createdAt, createdAt),
  };
}

function idsOf(members: ScimGroupBody["members"]): ReadonlySet<string> {
  return new Set(members.map(({ value }) => value));
}
