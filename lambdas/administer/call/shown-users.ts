import type { OrganizationUser } from "../../../contracts/control/objects.ts";
import type { RecordOf } from "../../../contracts/control/records.ts";

/** A user as the API shows it. */
export function toUser({ id, name, email, role, addedAt }: RecordOf<"user">): OrganizationUser {
  return { object: "organization.user", id, name: name ?? null, email, role, added_at: addedAt };
}
