import * as erasure from "../../erasure/erasure.ts";
import * as holds from "../../erasure/legal-hold.ts";
import * as chats from "../../history/chats.ts";
import * as retention from "../../history/retention-bodies.ts";
import * as days from "../../retention/retention.ts";
import * as corrections from "../../usage/corrections.ts";
import * as usage from "../usage.ts";
import { type ControlOperation, get, list, post, remove } from "./operation.ts";

const USAGE = "/v1/organization/usage";
const read = { ...get, scope: "usage.read", ownScope: "own_usage.read" } as const;

const correct = { ...post, scope: "usage.write" } as const;

/** What requests used and what they cost, summed in buckets of time. */
export const USAGE_OPERATIONS = {
  listCompletionsUsage: {
    ...read,
    path: `${USAGE}/completions`,
    query: usage.CompletionsUsageQuery,
    response: usage.CompletionsUsagePage,
  },
  listEmbeddingsUsage: {
    ...read,
    path: `${USAGE}/embeddings`,
    query: usage.EmbeddingsUsageQuery,
    response: usage.EmbeddingsUsagePage,
  },
  listModerationsUsage: {
    ...read,
    path: `${USAGE}/moderations`,
    query: usage.EmbeddingsUsageQuery,
    response: usage.ModerationsUsagePage,
  },
  listUsageAdjustments: {
    ...list,
    path: `${USAGE}/adjustments`,
    scope: "usage.read",
    query: corrections.ListUsageAdjustmentsQuery,
    response: corrections.UsageAdjustmentPage,
  },
  createUsageAdjustment: {
    ...correct,
    path: `${USAGE}/adjustments`,
    body: corrections.CreateUsageAdjustment,
    response: corrections.MadeUsageAdjustment,
  },
  createUsageRecount: {
    ...correct,
    path: `${USAGE}/recounts`,
    body: corrections.CreateUsageRecount,
    response: corrections.UsageRecount,
  },
  createUsageBackfill: {
    ...correct,
    path: `${USAGE}/backfills`,
    body: corrections.CreateUsageBackfill,
    response: corrections.UsageBackfill,
  },
  listCosts: { ...read, path: "/v1/organization/costs", query: usage.CostsQuery, response: usage.CostsPage },
} as const satisfies Readonly<Record<string, ControlOperation>>;

const RETENTION = "/v1/organization/data_retention";
const PROJECT = "/v1/organization/projects/{project_id}";
const PROJECT_RETENTION = `${PROJECT}/data_retention` as const;
const CHATS = `${PROJECT}/chats` as const;
const CHAT = `${CHATS}/{chat_id}` as const;

const readRetention = { scope: "data_retention.read" } as const;
const writeRetention = { scope: "data_retention.write" } as const;

/** What is stored of prompts and responses, and the history. `…/retention`, `…/chats` and `…/history_access` are Sluice's own. */
export const HISTORY_OPERATIONS = {
  retrieveDataRetention: { ...get, ...readRetention, path: RETENTION, response: retention.OrganizationDataRetention },
  updateDataRetention: {
    ...post,
    ...writeRetention,
    path: RETENTION,
    body: retention.UpdateOrganizationDataRetention,
    response: retention.OrganizationDataRetention,
  },
  retrieveProjectDataRetention: {
    ...get,
    ...readRetention,
    path: PROJECT_RETENTION,
    response: retention.ProjectDataRetention,
  },
  updateProjectDataRetention: {
    ...post,
    ...writeRetention,
    path: PROJECT_RETENTION,
    body: retention.UpdateProjectDataRetention,
    response: retention.ProjectDataRetention,
  },
  retrieveProjectRetention: {
    ...get,
    ...readRetention,
    path: `${PROJECT}/retention`,
    response: days.ProjectRetention,
  },
  updateProjectRetention: {
    ...post,
    ...writeRetention,
    path: `${PROJECT}/retention`,
    body: days.UpdateProjectRetention,
    response: days.ProjectRetention,
  },
  listChats: { ...list, path: CHATS, scope: "history.read", query: chats.ListChatsQuery, response: chats.ChatPage },
  retrieveChat: { ...get, path: CHAT, scope: "history.read", response: chats.Chat },
  deleteChat: { ...remove, path: CHAT, scope: "history.write", response: chats.ChatDeleted },
  createHistoryAccess: {
    ...post,
    path: `${PROJECT}/history_access`,
    scope: "history.read",
    body: chats.CreateHistoryAccess,
    response: chats.HistoryAccess,
  },
} as const satisfies Readonly<Record<string, ControlOperation>>;

const ERASURES = "/v1/organization/erasures";
const HOLDS = "/v1/organization/legal_holds";

/** The erasure of users, service accounts and projects, and what stops it. Sluice's own. */
export const ERASURE_OPERATIONS = {
  listErasures: { ...list, path: ERASURES, scope: "erasures.read", response: erasure.ErasurePage },
  createErasure: {
    ...post,
    path: ERASURES,
    scope: "erasures.write",
    body: erasure.CreateErasure,
    response: erasure.Erasure,
  },
  retrieveErasure: {
    ...get,
    path: `${ERASURES}/{erasure_id}`,
    scope: "erasures.read",
    response: erasure.Erasure,
  },
  listLegalHolds: { ...list, path: HOLDS, scope: "legal_holds.read", response: holds.LegalHoldPage },
  createLegalHold: {
    ...post,
    path: HOLDS,
    scope: "legal_holds.write",
    body: holds.CreateLegalHold,
    response: holds.LegalHold,
  },
  deleteLegalHold: {
    ...remove,
    path: `${HOLDS}/{legal_hold_id}`,
    scope: "legal_holds.write",
    response: holds.LegalHoldDeleted,
  },
} as const satisfies Readonly<Record<string, ControlOperation>>;

/** Operations that OpenAI's administration API does not have. */
export const OWN_HISTORY_OPERATIONS = [
  "retrieveProjectRetention",
  "updateProjectRetention",
  "listChats",
  "retrieveChat",
  "deleteChat",
  "createHistoryAccess",
  "listErasures",
  "createErasure",
  "retrieveErasure",
  "listLegalHolds",
  "createLegalHold",
  "deleteLegalHold",
] as const satisfies readonly (keyof typeof HISTORY_OPERATIONS | keyof typeof ERASURE_OPERATIONS)[];
