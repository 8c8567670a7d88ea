import { MAX_LISTED_MEMBERS, type PatchOperation, ScimMembers } from "../../contracts/scim/resources.ts";
import { SCIM } from "../../contracts/scim/schemas.ts";
import { isRecord } from "../../lib/is-record.ts";
import { shownValue } from "../issue-rules.ts";
import { parsePath, valueWithoutPath } from "./patch-path.ts";
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

interface Operation {
  readonly op: PatchOperation["op"];
  readonly path: string;
  readonly value: unknown;
}

/**
 * What the operations change, in their order.
 * @throws {ScimError} for a path that is none, or members without ids
 */
export function groupPatch(operations: readonly PatchOperation[]): GroupPatch {
  const patch: { displayName?: unknown; externalId?: unknown } = {};
  const members = new MemberPatch();
  for (const operation of operations.flatMap(withPaths)) {
    const { op, path, value } = operation;
    const { attribute, selected } = parsePath(path, SCIM.group) ?? {};
    if (attribute === "members") members.apply(operation, selected);
    if (attribute === "externalid") patch.externalId = op === "remove" ? null : value;
    if (attribute !== "displayname") continue;
    if (op === "remove") throw new ScimError(400, "Every group has displayName: replace it instead.", "mutability");
    patch.displayName = value;
  }
  return { ...patch, members: members.changes };
}

/** An operation without a path is one for each attribute of its value. */
function withPaths({ op, path, value }: PatchOperation): readonly Operation[] {
  if (path !== undefined && path !== "") return [{ op, path, value }];
  if (op === "remove") throw new ScimError(400, "An operation that removes has a path.", "noTarget");
  if (!isRecord(value)) throw valueWithoutPath(value);
  return Object.entries(value).map(([name, part]) => ({ op, path: name, value: part }));
}

/** Sums up the operations on members. The sets grow in place: copies for each of 100 operations would take too long. */
class MemberPatch {
  #replacesAll = false;
  readonly #added = new Set<string>();
  readonly #removed = new Set<string>();

  get changes(): MemberChanges {
    return { replacesAll: this.#replacesAll, added: this.#added, removed: this.#removed };
  }

  apply({ op, path, value }: Operation, selected: string | undefined): void {
    if (path.includes("[") && (selected === undefined || op !== "remove"))
      throw new ScimError(400, `Members are selected only to remove one, by 'members[value eq "…"]'.`, "invalidPath");
    if (selected !== undefined) return this.#remove([selected]);
    if (op === "remove" && value === undefined) return this.#replaceAll([]);
    const ids = idsOf(value);
    if (op === "remove") return this.#remove(ids);
    if (op === "replace") return this.#replaceAll(ids);
    for (const id of ids) {
      this.#added.add(id);
      this.#removed.delete(id);
    }
  }

  #remove(ids: readonly string[]): void {
    for (const id of ids) {
      this.#added.delete(id);
      this.#removed.add(id);
    }
  }

  #replaceAll(ids: readonly string[]): void {
    this.#replacesAll = true;
    this.#added.clear();
    this.#removed.clear();
    for (const id of ids) this.#added.add(id);
  }
}

function idsOf(value: unknown): readonly string[] {
  const parsed = ScimMembers.safeParse(Array.isArray(value) ? value : [value]);
  if (!parsed.success)
    throw new ScimError(
      400,
      `Members are a list of at most ${MAX_LISTED_MEMBERS} objects with the id of a user, {"value":"…"}, got ${shownValue(value)}; correct it.`,
      "invalidValue",
    );
  return parsed.data.map((member) => member.value);
}
