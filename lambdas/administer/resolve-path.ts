import type { RecordOf } from "../../contracts/control/records.ts";
import { ORGANIZATION } from "../../domain/tenancy/roles.ts";
import type { PathParameter, PathRecords } from "./call/control-call.ts";
import { type ControlError, notFound } from "./call/control-error.ts";
import { limitedSubject, limitScope } from "./call/limited-subject.ts";
import { findRateLimit } from "./call/rate-limit-id.ts";
import { findRole } from "./call/role-records.ts";
import type { ControlStore } from "./store/control-store.ts";
import type { HistorySource } from "./store/history-source.ts";

export interface ResolvedPath {
  readonly records: Partial<PathRecords>;
  readonly membership: RecordOf<"membership"> | undefined;
  readonly projectGroup: RecordOf<"projectGroup"> | undefined;
  /** Of the object that the path's last parameter names. */
  readonly version: number | undefined;
  /** Why the path is not found although its project is. It is thrown once the caller is known to see the project. */
  readonly missing: ControlError | undefined;
}

/** A record that a parameter names. */
interface NamedRecord {
  readonly store: ControlStore;
  readonly organizationId: string;
  readonly id: string;
  /** @default - the path has none */
  readonly projectId: string | undefined;
  readonly parameters: Readonly<Record<string, string>>;
  readonly models: readonly string[];
  readonly organization: string;
  /** @default - the environment stores none */
  readonly history: HistorySource | undefined;
}
type Lookup<P extends PathParameter> = (named: NamedRecord) => Promise<PathRecords[P] | undefined>;

/** The record that each parameter names, and its name for people. Those of a project are found by the project's id. */
const PARAMETERS: { readonly [P in PathParameter]: { readonly noun: string; readonly find: Lookup<P> } } = {
  project_id: { noun: "project", find: ofOrganization("project") },
  user_id: { noun: "user", find: ofOrganization("user") },
  invite_id: { noun: "invitation", find: ofOrganization("invite") },
  admin_key_id: { noun: "admin key", find: ofOrganization("adminKey") },
  service_account_id: { noun: "service account", find: ofProject("serviceAccount") },
  api_key_id: { noun: "API key", find: ofProject("projectKey") },
  group_id: { noun: "group", find: ofOrganization("group") },
  role_id: {
    noun: "role",
    find: ({ store, organizationId, id, projectId }) => findRole(store, organizationId, projectId ?? ORGANIZATION, id),
  },
  limit_scope: { noun: "scope of limits", find: ({ id }) => Promise.resolve(limitScope(id)) },
  subject_id: {
    noun: "subject of limits",
    find: async ({ store, organizationId, id, parameters, organization }) => {
      const named = limitScope(parameters.limit_scope ?? "");
      return named && limitedSubject(store, organizationId, named.scope, id, organization);
    },
  },
  credit_id: {
    noun: "credit",
    find: ({ store, organizationId, id, parameters: { limit_scope: scope = "", subject_id: subject = "" } }) =>
      store.get(organizationId, { kind: "credit", ids: [scope, subject, id] }),
  },
  spend_alert_id: {
    noun: "spend alert",
    find: ({ store, organizationId, id, projectId }) =>
      store.get(organizationId, {
        kind: "spendAlert",
        ids: projectId === undefined ? ["organization", ORGANIZATION, id] : ["project", projectId, id],
      }),
  },
  webhook_id: { noun: "webhook", find: ofOrganization("webhook") },
  delivery_id: {
    noun: "delivery",
    find: ({ store, organizationId, id, parameters: { webhook_id: webhookId = "" } }) =>
      store.get(organizationId, { kind: "webhookDelivery", ids: [webhookId, id] }),
  },
  chat_id: {
    noun: "chat",
    find: async ({ id, projectId, history }) => {
      const chat = await history?.find(id);
      return chat?.projectId === projectId ? chat && { ...chat, version: 1 } : undefined;
    },
  },
  erasure_id: { noun: "erasure", find: ofOrganization("erasure") },
  legal_hold_id: {
    noun: "legal hold",
    find: async ({ store, organizationId, id }) => {
      const record = await store.get(organizationId, { kind: "legalHolds", ids: ["all"] });
      const hold = record?.holds.find((one) => one.id === id);
      return record && hold && { ...hold, version: record.version };
    },
  },
  rate_limit_id: {
    noun: "rate limit",
    find: ({ store, organizationId, id, projectId = "", models }) =>
      findRateLimit(store, organizationId, { projectId, id, models }),
  },
};

function ofOrganization<K extends "project" | "user" | "invite" | "adminKey" | "group" | "erasure" | "webhook">(
  kind: K,
) {
  return ({ store, organizationId, id }: NamedRecord) => store.get(organizationId, { kind, ids: [id] });
}

function ofProject<K extends "serviceAccount" | "projectKey">(kind: K) {
  return ({ store, organizationId, id, projectId = "" }: NamedRecord) =>
    store.get(organizationId, { kind, ids: [projectId, id] });
}

/**
 * Reads the records that a path names, before it is decided what the caller may do: so an id of another organisation is
 * not found for every role. A user or group of a path with a project must be in the project.
 * @param parameters in the order of the path
 * @throws {ControlError} when the project does not exist
 */
export async function resolvePath(
  { store, models, history, organization }: Pick<NamedRecord, "store" | "models" | "history" | "organization">,
  organizationId: string,
  parameters: Readonly<Record<string, string>>,
): Promise<ResolvedPath> {
  const { project_id: projectId, user_id: userId, group_id: groupId } = parameters;
  const inProject = <K extends "membership" | "projectGroup">(kind: K, id: string | undefined) =>
    projectId === undefined || id === undefined ? undefined : store.get(organizationId, { kind, ids: [projectId, id] });
  const named = Object.entries(parameters).map(([name, id]) => ({ name: name as PathParameter, id }));
  const [membership, projectGroup, ...found] = await Promise.all([
    inProject("membership", userId),
    inProject("projectGroup", groupId),
    ...named.map(({ name, id }) =>
      PARAMETERS[name].find({ store, organizationId, id, projectId, parameters, models, history, organization }),
    ),
  ]);
  const links: Partial<Record<PathParameter, { readonly version: number } | undefined>> =
    projectId === undefined ? {} : { user_id: membership, group_id: projectGroup };
  const absent = named.find(
    ({ name }, index) => found[index] === undefined || (name in links && links[name] === undefined),
  );
  const missing = absent && notFound(PARAMETERS[absent.name].noun, absent.id);
  if (absent?.name === "project_id") throw missing;
  const last = named.at(-1);
  return {
    records: Object.fromEntries(named.map(({ name }, index) => [name, found[index]])),
    membership,
    projectGroup,
    version: (last && links[last.name])?.version ?? found.at(-1)?.version,
    missing,
  };
}
