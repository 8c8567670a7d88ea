import { MAX_MEMBERS, type PatchOperation, ScimMembers } from "../../contracts/scim/resources.ts";
import { SCIM } from "../../contracts/scim/schemas.ts";
import { isRecord } from "../../lib/is-record.ts";
import { parsePath } from "./patch-path.ts";
import { ScimError } from "./scim-error.ts";

/** What a PATCH changes of a group. */
export interface GroupPatch {
  /** @default - as before */
  readonly displayName?: unknown;
  /** @default - as before; `null` takes it away */
  readonly externalId?: unknown;
  readonly members: MemberChanges;
}

/** Changes of a group's users, by their ids. */
export interface MemberChanges {
  /** Whether only those of `added` are in the group afterwards. */
  readonly replacesAll: boolean;
  readonly added: ReadonlySet<string>;
  readonly removed: ReadonlySet<string>;
}

const NO_MEMBER_CHANGES: MemberChanges = { replacesAll: false, added: new Set(), removed: new Set() };

/**
 * What the operations change, in their order.
 * @throws {ScimError} for a path that is none, or members without ids
 */
export function groupPatch(operations: readonly PatchOperation[]): GroupPatch {
  return operations.reduce<GroupPatch>(
    (patch, { op, path, value }) => {
      if (path !== undefined && path !== "") return withOperation(patch, op, path, value);
      if (op === "remove") throw new ScimError(400, "An operation that removes has a path.", "noTarget");
      if (!isRecord(value))
        throw new ScimError(400, "An operation without a path has an object as value.", "invalidValue");
      return Object.entries(value).reduce((one, [name, part]) => withOperation(one, op, name, part), patch);
    },
    { members: NO_MEMBER_CHANGES },
  );
}

function withOperation(patch: GroupPatch, op: PatchOperation["op"], path: string, value: unknown): GroupPatch {
  const { attribute, selected } = parsePath(path, SCIM.group) ?? {};
  if (attribute === "members") return { ...patch, members: withMembers(patch.members, op, path, selected, value) };
  if (attribute === "externalid") return { ...patch, externalId: op === "remove" ? null : value };
  if (attribute !== "displayname") return patch;
  if (op === "remove") throw new ScimError(400, "Every group has displayName: replace it instead.", "mutability");
  return { ...patch, displayName: value };
}

function withMembers(
  before: MemberChanges,
  op: PatchOperation["op"],
  path: string,
  selected: string | undefined,
  value: unknown,
): MemberChanges {
  if (path.includes("[") && (selected === undefined || op !== "remove"))
    throw new ScimError(400, `Members are selected only to remove one, by 'members[value eq "…"]'.`, "invalidPath");
  if (selected !== undefined) return without(before, [selected]);
  if (op === "remove" && value === undefined) return { replacesAll: true, added: new Set(), removed: new Set() };
  const ids = idsOf(value);
  if (op === "remove") return without(before, ids);
  if (op === "replace") return { replacesAll: true, added: new Set(ids), removed: new Set() };
  const added = new Set(ids);
  return { ...before, added: union(before.added, added), removed: difference(before.removed, added) };
}

function without(before: MemberChanges, ids: readonly string[]): MemberChanges {
  const gone = new Set(ids);
  return { ...before, added: difference(before.added, gone), removed: union(before.removed, gone) };
}

function idsOf(value: unknown): readonly string[] {
  const parsed = ScimMembers.safeParse(Array.isArray(value) ? value : [value]);
  if (!parsed.success)
    throw new ScimError(
      400,
      `Members are a list of at most ${MAX_MEMBERS} objects with the id of a user: {"value":"…"}.`,
      "invalidValue",
    );
  return parsed.data.map((member) => member.value);
}

function union(one: ReadonlySet<string>, other: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...one, ...other]);
}

function difference(one: ReadonlySet<string>, other: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...one].filter((id) => !other.has(id)));
}
