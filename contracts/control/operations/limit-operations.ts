import * as z from "zod";
import { BillingCustomer, UpdateBillingCustomer } from "../../billing/billing-customers.ts";
import * as alerts from "../../notices/spend-alerts.ts";
import * as webhooks from "../../notices/webhooks.ts";
import * as credits from "../credits.ts";
import * as limits from "../limits.ts";
import { cursor, deleted, pageOf } from "../page.ts";
import { type ControlOperation, get, list, NoBody, post, remove } from "./operation.ts";

const LIMITS = "/v1/organization/limits";
const LIMITS_OF_SUBJECT = `${LIMITS}/{limit_scope}/{subject_id}` as const;
const SPEND_LIMIT = "/v1/organization/spend_limit";
const PROJECT = "/v1/organization/projects/{project_id}";
const RATE_LIMITS = `${PROJECT}/rate_limits` as const;
const PROJECT_SPEND_LIMIT = `${PROJECT}/spend_limit` as const;
const SPEND_ALERTS = "/v1/organization/spend_alerts";
const SPEND_ALERT = `${SPEND_ALERTS}/{spend_alert_id}` as const;
const PROJECT_SPEND_ALERTS = `${PROJECT}/spend_alerts` as const;
const PROJECT_SPEND_ALERT = `${PROJECT_SPEND_ALERTS}/{spend_alert_id}` as const;
const MODEL_PERMISSIONS = `${PROJECT}/model_permissions` as const;

const read = { scope: "limits.read" } as const;
const write = { scope: "limits.write" } as const;

/** Limits of use. `…/limits` is Sluice's own; the others are OpenAI's, for limits that it has too. */
export const LIMIT_OPERATIONS = {
  listLimits: { ...list, ...read, path: LIMITS, query: limits.ListLimitsQuery, response: limits.LimitsPage },
  retrieveLimits: {
    ...get,
    ...read,
    path: LIMITS_OF_SUBJECT,
    query: limits.RetrieveLimitsQuery,
    response: limits.Limits,
  },
  updateLimits: { ...post, ...write, path: LIMITS_OF_SUBJECT, body: limits.UpdateLimits, response: limits.Limits },
  deleteLimits: { ...remove, ...write, path: LIMITS_OF_SUBJECT, response: limits.LimitsDeleted },
  listRateLimits: {
    ...list,
    ...read,
    path: RATE_LIMITS,
    query: limits.ListRateLimitsQuery,
    response: limits.ProjectRateLimitPage,
  },
  updateRateLimit: {
    ...post,
    ...write,
    path: `${RATE_LIMITS}/{rate_limit_id}`,
    body: limits.UpdateRateLimit,
    response: limits.ProjectRateLimit,
  },
  retrieveModelPermissions: { ...get, ...read, path: MODEL_PERMISSIONS, response: limits.ProjectModelPermissions },
  updateModelPermissions: {
    ...post,
    ...write,
    path: MODEL_PERMISSIONS,
    body: limits.UpdateModelPermissions,
    response: limits.ProjectModelPermissions,
  },
  deleteModelPermissions: {
    ...remove,
    ...write,
    path: MODEL_PERMISSIONS,
    response: limits.ProjectModelPermissionsDeleted,
  },
  retrieveProjectSpendLimit: { ...get, ...read, path: PROJECT_SPEND_LIMIT, response: limits.ProjectSpendLimit },
  updateProjectSpendLimit: {
    ...post,
    ...write,
    path: PROJECT_SPEND_LIMIT,
    body: limits.UpdateSpendLimit,
    response: limits.ProjectSpendLimit,
  },
  deleteProjectSpendLimit: {
    ...remove,
    ...write,
    path: PROJECT_SPEND_LIMIT,
    response: limits.ProjectSpendLimitDeleted,
  },
  retrieveSpendLimit: { ...get, ...read, path: SPEND_LIMIT, response: limits.OrganizationSpendLimit },
  updateSpendLimit: {
    ...post,
    ...write,
    path: SPEND_LIMIT,
    body: limits.UpdateSpendLimit,
    response: limits.OrganizationSpendLimit,
  },
  deleteSpendLimit: { ...remove, ...write, path: SPEND_LIMIT, response: limits.OrganizationSpendLimitDeleted },
} as const satisfies Readonly<Record<string, ControlOperation>>;

/** @default order - "asc": in the order in which they were made */
const ListSpendAlertsQuery = z.strictObject({
  ...cursor,
  /** The first id of the page after the one that is asked for. */
  before: cursor.after,
  order: z.enum(["asc", "desc"]).default("asc"),
});

/** Alerts of what is charged in a month, which are OpenAI's. */
export const SPEND_ALERT_OPERATIONS = {
  listSpendAlerts: {
    ...list,
    ...read,
    path: SPEND_ALERTS,
    query: ListSpendAlertsQuery,
    response: pageOf(alerts.OrganizationSpendAlert),
  },
  createSpendAlert: {
    ...post,
    ...write,
    path: SPEND_ALERTS,
    body: alerts.CreateSpendAlert,
    response: alerts.OrganizationSpendAlert,
  },
  retrieveSpendAlert: { ...get, ...read, path: SPEND_ALERT, response: alerts.OrganizationSpendAlert },
  updateSpendAlert: {
    ...post,
    ...write,
    path: SPEND_ALERT,
    body: alerts.UpdateSpendAlert,
    response: alerts.OrganizationSpendAlert,
  },
  deleteSpendAlert: { ...remove, ...write, path: SPEND_ALERT, response: alerts.OrganizationSpendAlertDeleted },
  listProjectSpendAlerts: {
    ...list,
    ...read,
    path: PROJECT_SPEND_ALERTS,
    query: ListSpendAlertsQuery,
    response: pageOf(alerts.ProjectSpendAlert),
  },
  createProjectSpendAlert: {
    ...post,
    ...write,
    path: PROJECT_SPEND_ALERTS,
    body: alerts.CreateSpendAlert,
    response: alerts.ProjectSpendAlert,
  },
  retrieveProjectSpendAlert: { ...get, ...read, path: PROJECT_SPEND_ALERT, response: alerts.ProjectSpendAlert },
  updateProjectSpendAlert: {
    ...post,
    ...write,
    path: PROJECT_SPEND_ALERT,
    body: alerts.UpdateSpendAlert,
    response: alerts.ProjectSpendAlert,
  },
  deleteProjectSpendAlert: {
    ...remove,
    ...write,
    path: PROJECT_SPEND_ALERT,
    response: alerts.ProjectSpendAlertDeleted,
  },
} as const satisfies Readonly<Record<string, ControlOperation>>;

const WEBHOOKS = "/v1/organization/webhooks";
const WEBHOOK = `${WEBHOOKS}/{webhook_id}` as const;
const DELIVERIES = `${WEBHOOK}/deliveries` as const;

/** Webhooks, which are Sluice's own. */
export const WEBHOOK_OPERATIONS = {
  listWebhooks: { ...list, ...read, path: WEBHOOKS, response: pageOf(webhooks.Webhook) },
  createWebhook: {
    ...post,
    ...write,
    path: WEBHOOKS,
    body: webhooks.CreateWebhook,
    response: webhooks.WebhookWithSecret,
  },
  retrieveWebhook: { ...get, ...read, path: WEBHOOK, response: webhooks.Webhook },
  deleteWebhook: { ...remove, ...write, path: WEBHOOK, response: webhooks.WebhookDeleted },
  rotateWebhookSecret: {
    ...post,
    ...write,
    path: `${WEBHOOK}/rotate_secret`,
    body: webhooks.RotateWebhookSecret,
    response: webhooks.WebhookWithSecret,
  },
  testWebhook: { ...post, ...write, path: `${WEBHOOK}/test`, body: NoBody, response: webhooks.Webhook },
  listWebhookDeliveries: { ...list, ...read, path: DELIVERIES, response: pageOf(webhooks.WebhookDelivery) },
  resendWebhookDelivery: {
    ...post,
    ...write,
    path: `${DELIVERIES}/{delivery_id}/resend`,
    body: NoBody,
    response: webhooks.WebhookDelivery,
  },
} as const satisfies Readonly<Record<string, ControlOperation>>;

const CREDITS = "/v1/organization/credits";
const CREDITS_OF_SUBJECT = `${CREDITS}/{limit_scope}/{subject_id}` as const;

/** Prepaid credit, which is Sluice's own. */
export const CREDIT_OPERATIONS = {
  listCreditBalances: {
    ...list,
    ...read,
    path: CREDITS,
    query: credits.ListCreditBalancesQuery,
    response: credits.CreditBalancePage,
  },
  retrieveCredits: { ...get, ...read, path: CREDITS_OF_SUBJECT, response: credits.CreditBalance },
  grantCredit: { ...post, ...write, path: CREDITS_OF_SUBJECT, body: credits.GrantCredit, response: credits.Credit },
  endCredits: { ...remove, ...write, path: CREDITS_OF_SUBJECT, response: deleted("organization.credits.ended") },
  revokeCredit: {
    ...post,
    ...write,
    path: `${CREDITS_OF_SUBJECT}/{credit_id}/revoke`,
    body: NoBody,
    response: credits.Credit,
  },
  listCreditMovements: {
    ...list,
    ...read,
    path: `${CREDITS_OF_SUBJECT}/ledger`,
    query: credits.ListCreditEntriesQuery,
    response: credits.CreditEntryPage,
  },
} as const satisfies Readonly<Record<string, ControlOperation>>;

const BILLING_CUSTOMER = `${PROJECT}/billing_customer` as const;

/** Customers in Stripe, which are Sluice's own. */
export const BILLING_OPERATIONS = {
  listBillingCustomers: {
    ...list,
    ...read,
    path: "/v1/organization/billing_customers",
    response: pageOf(BillingCustomer),
  },
  retrieveBillingCustomer: { ...get, ...read, path: BILLING_CUSTOMER, response: BillingCustomer },
  updateBillingCustomer: {
    ...post,
    ...write,
    path: BILLING_CUSTOMER,
    body: UpdateBillingCustomer,
    response: BillingCustomer,
  },
  deleteBillingCustomer: {
    ...remove,
    ...write,
    path: BILLING_CUSTOMER,
    response: deleted("organization.billing_customer.deleted"),
  },
} as const satisfies Readonly<Record<string, ControlOperation>>;
