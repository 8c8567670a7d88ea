import type { Group } from "../../../contracts/control/groups.ts";
import type { RecordOf } from "../../../contracts/control/records.ts";
import { endGroupKeys } from "../../../domain/people/group-access.ts";
import { newId } from "../../../domain/tenancy/ids.ts";
import { unixSeconds } from "../../../domain/tenancy/unix-seconds.ts";
import { auditEvent, type ControlHandler, change, nextPage } from "../call/control-call.ts";

export const listGroups: ControlHandler<"listGroups"> = async ({ caller, query, store }) => {
  const { after, limit, order } = query;
  const range = { kind: "group", limit, isNewestFirst: order === "desc" } as const;
  const { records, hasMore } = await store.list(caller.organizationId, {
    ...range,
    ...(after === undefined ? {} : { after }),
  });
  return { body: nextPage(records.map(toGroup), hasMore ? records.at(-1)?.id : undefined) };
};

export const createGroup: ControlHandler<"createGroup"> = async (call) => {
  const { body, nowMs } = call;
  const record: RecordOf<"group"> = {
    kind: "group",
    version: 1,
    id: newId("group", nowMs),
    name: body.name,
    createdAt: unixSeconds(nowMs),
  };
  const event = auditEvent("group.created", { id: record.id, data: { group_name: record.name } });
  return change(call, event, [{ action: "create", record }], { body: toGroup(record), version: 1 });
};

export const retrieveGroup: ControlHandler<"retrieveGroup"> = async ({ records }) => ({
  body: toGroup(records.group_id),
  version: records.group_id.version,
});

export const updateGroup: ControlHandler<"updateGroup"> = async (call) => {
  const before = call.records.group_id;
  const record = { ...before, name: call.body.name, version: before.version + 1 };
  const event = auditEvent("group.updated", { id: record.id, changes_requested: { group_name: record.name } });
  return change(call, event, [{ action: "replace", record, version: before.version }], {
    body: toGroup(record),
    version: record.version,
  });
};

/** The keys that people have by it end. What is stored about its users has no effect without the group, and no other group gets the id. */
export const deleteGroup: ControlHandler<"deleteGroup"> = async (call) => {
  const { id, version } = call.records.group_id;
  return change(
    call,
    auditEvent("group.deleted", { id }),
    [{ action: "remove", key: { kind: "group", ids: [id] }, version }, endGroupKeys(id, call.nowMs)],
    { body: { object: "group.deleted", id, deleted: true } },
  );
};

function toGroup({ id, name, createdAt, isProvisioned }: RecordOf<"group">): Group {
  return { id, name, created_at: createdAt, group_type: "group", is_scim_managed: isProvisioned === true };
}
