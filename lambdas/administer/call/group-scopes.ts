import type { RecordOf } from "../../../contracts/control/records.ts";
import { type ControlScope, ProjectScope } from "../../../contracts/control/scopes.ts";
import { ORGANIZATION } from "../../../domain/tenancy/roles.ts";
import type { ControlStore } from "../store/control-store.ts";
import { assignments } from "./role-records.ts";

/** The scopes that a group may give: those of its roles, and all of a project's where it is in a project. */
export async function scopesOfGroup(
  store: ControlStore,
  organizationId: string,
  group: RecordOf<"group">,
): Promise<ReadonlySet<ControlScope>> {
  const [assigned, projects] = await Promise.all([
    assignments(store, organizationId, ORGANIZATION, group.id),
    store.list(organizationId, { kind: "groupProject", within: [group.id], limit: 1 }),
  ]);
  const inOrganization = assigned.flatMap(({ role }) => [...(role?.scopes ?? [])]);
  return new Set([...inOrganization, ...(projects.records.length > 0 ? ProjectScope.options : [])]);
}
