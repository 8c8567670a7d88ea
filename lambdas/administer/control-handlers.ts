import type { ControlOperationId } from "../../contracts/control/operations/operations.ts";
import { retrieveAccessDecision } from "./access/access-decisions.ts";
import { retrieveServiceAlarms } from "./alarms/alarm-handlers.ts";
import type { ControlHandler } from "./call/control-call.ts";
import * as erasures from "./erasure/erasure-handlers.ts";
import * as legalHolds from "./erasure/legal-hold-handlers.ts";
import * as adminKeys from "./handlers/admin-keys.ts";
import * as auditLogs from "./handlers/audit-logs.ts";
import * as billingCustomers from "./handlers/billing/billing-customers.ts";
import * as credits from "./handlers/billing/credits.ts";
import * as spendAlerts from "./handlers/billing/spend-alerts.ts";
import * as webhooks from "./handlers/billing/webhooks.ts";
import * as costs from "./handlers/costs.ts";
import * as groupRoles from "./handlers/group-roles.ts";
import * as groupUsers from "./handlers/group-users.ts";
import * as groups from "./handlers/groups.ts";
import * as invites from "./handlers/invites.ts";
import * as limits from "./handlers/limits.ts";
import * as modelPermissions from "./handlers/model-permissions.ts";
import * as operatorKeys from "./handlers/operator-keys.ts";
import * as projectGroups from "./handlers/project-groups.ts";
import * as projectUsers from "./handlers/project-users.ts";
import * as projects from "./handlers/projects.ts";
import * as rateLimits from "./handlers/rate-limits.ts";
import * as roles from "./handlers/roles.ts";
import * as serviceAccounts from "./handlers/service-accounts.ts";
import * as spendLimits from "./handlers/spend-limits.ts";
import * as usage from "./handlers/usage.ts";
import * as userRoles from "./handlers/user-roles.ts";
import * as users from "./handlers/users.ts";
import * as chats from "./history/chat-handlers.ts";
import * as dataRetention from "./history/retention-handlers.ts";
import * as memberKeys from "./project-keys/member-keys.ts";
import * as projectApiKeys from "./project-keys/project-api-keys.ts";
import * as projectRetention from "./retention/retention-handlers.ts";
import { createUsageAdjustment } from "./usage/corrections/adjust.ts";
import { createUsageBackfill } from "./usage/corrections/backfill.ts";
import { listUsageAdjustments } from "./usage/corrections/list-adjustments.ts";
import { createUsageRecount } from "./usage/corrections/recount.ts";

/** The handler of each operation; an operation without one does not compile. */
export const CONTROL_HANDLERS: { readonly [Id in ControlOperationId]: ControlHandler<Id> } = {
  ...projects,
  ...projectUsers,
  ...serviceAccounts,
  ...projectApiKeys,
  ...users,
  ...invites,
  ...adminKeys,
  ...operatorKeys,
  retrieveServiceAlarms,
  retrieveAccessDecision,
  ...auditLogs,
  ...groups,
  ...groupUsers,
  ...projectGroups,
  ...roles,
  ...userRoles,
  ...groupRoles,
  ...limits,
  ...rateLimits,
  ...modelPermissions,
  ...spendLimits,
  ...spendAlerts,
  ...webhooks,
  ...billingCustomers,
  ...usage,
  ...costs,
  listUsageAdjustments,
  createUsageAdjustment,
  createUsageRecount,
  createUsageBackfill,
  ...credits,
  ...dataRetention,
  ...projectRetention,
  listChats: chats.listChats,
  retrieveChat: chats.retrieveChat,
  deleteChat: chats.deleteChat,
  createHistoryAccess: chats.createHistoryAccess,
  listErasures: erasures.listErasures,
  createErasure: erasures.createErasure,
  retrieveErasure: erasures.retrieveErasure,
  createProjectApiKey: memberKeys.createProjectApiKey,
  listOwnApiKeys: memberKeys.listOwnApiKeys,
  rotateProjectApiKey: memberKeys.rotateProjectApiKey,
  listLegalHolds: legalHolds.listLegalHolds,
  createLegalHold: legalHolds.createLegalHold,
  deleteLegalHold: legalHolds.deleteLegalHold,
};
