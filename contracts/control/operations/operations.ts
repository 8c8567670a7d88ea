import { AccessDecision, AccessDecisionQuery } from "../../access/access-decision.ts";
import { ServiceAlarms } from "../../live/service-alarms.ts";
import { AuditEventPage, ListAuditEventsQuery } from "../audit-events.ts";
import { ADMIN_KEY_OPERATIONS } from "./admin-key-operations.ts";
import { GROUP_OPERATIONS } from "./group-operations.ts";
import {
  BILLING_OPERATIONS,
  CREDIT_OPERATIONS,
  LIMIT_OPERATIONS,
  SPEND_ALERT_OPERATIONS,
  WEBHOOK_OPERATIONS,
} from "./limit-operations.ts";
import { type ControlOperation, get, list } from "./operation.ts";
import { PROJECT_KEY_OPERATIONS, SERVICE_ACCOUNT_OPERATIONS } from "./project-key-operations.ts";
import { PROJECT_OPERATIONS } from "./project-operations.ts";
import { ROLE_OPERATIONS } from "./role-operations.ts";
import { ERASURE_OPERATIONS, HISTORY_OPERATIONS, USAGE_OPERATIONS } from "./usage-operations.ts";
import { INVITE_OPERATIONS, USER_OPERATIONS } from "./user-operations.ts";

/** All operations of the control API, by id: the source of its routing, its checks and its matrix of permissions. */
export const CONTROL_OPERATIONS = {
  ...PROJECT_OPERATIONS,
  ...SERVICE_ACCOUNT_OPERATIONS,
  ...PROJECT_KEY_OPERATIONS,
  ...USER_OPERATIONS,
  ...INVITE_OPERATIONS,
  ...ADMIN_KEY_OPERATIONS,
  retrieveServiceAlarms: {
    ...get,
    path: "/v1/organization/service_alarms",
    scope: "service_health.read",
    response: ServiceAlarms,
  },
  retrieveAccessDecision: {
    ...get,
    path: "/v1/organization/access_decisions",
    scope: "roles.read",
    query: AccessDecisionQuery,
    response: AccessDecision,
  },
  listAuditLogs: {
    ...list,
    path: "/v1/organization/audit_logs",
    scope: "audit_logs.read",
    query: ListAuditEventsQuery,
    response: AuditEventPage,
  },
  ...GROUP_OPERATIONS,
  ...ROLE_OPERATIONS,
  ...LIMIT_OPERATIONS,
  ...SPEND_ALERT_OPERATIONS,
  ...WEBHOOK_OPERATIONS,
  ...USAGE_OPERATIONS,
  ...CREDIT_OPERATIONS,
  ...BILLING_OPERATIONS,
  ...HISTORY_OPERATIONS,
  ...ERASURE_OPERATIONS,
} as const satisfies Readonly<Record<string, ControlOperation>>;

export type ControlOperationId = keyof typeof CONTROL_OPERATIONS;
