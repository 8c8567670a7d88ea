import type { ControlOperationId } from "../../contracts/control/operations.ts";
import type { ControlHandler } from "./call/control-call.ts";
import * as adminKeys from "./handlers/admin-keys.ts";
import * as auditLogs from "./handlers/audit-logs.ts";
import * as invites from "./handlers/invites.ts";
import * as projectApiKeys from "./handlers/project-api-keys.ts";
import * as projectUsers from "./handlers/project-users.ts";
import * as projects from "./handlers/projects.ts";
import * as serviceAccounts from "./handlers/service-accounts.ts";
import * as users from "./handlers/users.ts";

/** The handler of each operation; an operation without one does not compile. */
export const CONTROL_HANDLERS: { readonly [Id in ControlOperationId]: ControlHandler<Id> } = {
  ...projects,
  ...projectUsers,
  ...serviceAccounts,
  ...projectApiKeys,
  ...users,
  ...invites,
  ...adminKeys,
  ...auditLogs,
};
