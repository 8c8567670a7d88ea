import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { type ErrorCode, errorBody, errorEntry } from "../../contracts/api/errors.ts";
import { EXPOSED_HEADERS } from "../../contracts/api/headers.ts";
import type { Limits } from "../../contracts/control/limits.ts";
import type { OwnApiKey, ProjectApiKey } from "../../contracts/control/project-keys.ts";
import { USAGE_FORECAST, type UsageForecast } from "../../contracts/control/usage.ts";
import { NEXT_CHATS_HEADER } from "../../contracts/history/chats.ts";
import { type Loopback, listenOnLoopback } from "../../test-support/loopback.ts";
import { listPage } from "./list-page.ts";
import { emptyAccess, listOfAccess, type ScriptedAccess } from "./scripted-access.ts";
import { LONG, NARROWEST_REACH, respondAsGateway, type ScriptedReach } from "./scripted-gateway.ts";
import { emptyHistory, respondWithHistory, type ScriptedHistory } from "./scripted-history.ts";
import { emptyOrganization, respondWithOrganization, type ScriptedOrganization } from "./scripted-organization.ts";
import { respondWithOwnKeys } from "./scripted-own-keys.ts";
import { respondWithRetention, type ScriptedRetention, usualRetention } from "./scripted-retention.ts";
import { respondWithUsage, type ScriptedUse } from "./scripted-usage.ts";

export interface SeenCall {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly authorization: string | undefined;
  readonly idempotencyKey: string | undefined;
  readonly body: unknown;
}

/** A control API on another origin: lists in memory, and errors by script. */
export interface ScriptedControl extends Loopback {
  readonly seen: readonly SeenCall[];
  /** Keys that are accepted. */
  readonly accepted: Set<string>;
  readonly projects: { id: string; name: string; status?: string; created_at?: number }[];
  readonly organization: ScriptedOrganization;
  /** Keys of the person who calls, the newest first. */
  readonly ownKeys: OwnApiKey[];
  /** Keys of all projects, the newest first. */
  readonly keys: ProjectApiKey[];
  /** What requests used, of all projects. */
  readonly uses: ScriptedUse[];
  /** What is expected of the month, by request; without one left the service stores no usage. */
  readonly forecasts: Pick<UsageForecast, "spent_usd" | "forecast_usd">[];
  readonly limits: Limits[];
  /** Members, groups and credit. */
  readonly access: ScriptedAccess;
  readonly history: ScriptedHistory;
  readonly retention: ScriptedRetention;
  /** The next calls get these errors; `undefined` lets one pass. */
  readonly failures: (ErrorCode | undefined)[];
  /** Ids of the models that `/v1/models` lists. */
  readonly models: string[];
  /** Those of them that read images. */
  readonly seeing: Set<string>;
  /** Those of them that take `reasoning_effort`. */
  readonly reasoning: Set<string>;
  /** Those of them that call no tools and follow no schemas, with 4096 tokens of context. */
  readonly plain: Set<string>;
  /** Their prices. */
  readonly prices: Map<string, object>;
  /** Of the list of requests in progress. @default - of one gateway, with requests missing: the page has all its notices */
  reach: ScriptedReach;
  /** The model whose requests, routes, targets and log the gateways have. @default - 80 letters, for tests of the layout */
  gatewayModel: string;
  /** Responds to chat completions. */
  chat: (call: SeenCall, response: ServerResponse) => void | Promise<void>;
}

/** What the API says of the provider at which people sign in. */
const SIGN_IN = {
  issuer: "https://login.example.com",
  client_id: "sluice",
  authorization_endpoint: "https://login.example.com/authorize",
  scopes: ["openid", "email"],
  admit: "invited",
};
const CREATED_AT = 1_790_000_000;

export async function startScriptedControl(): Promise<ScriptedControl> {
  const seen: SeenCall[] = [];
  const state = {
    accepted: new Set(["sk-admin-test"]),
    organization: emptyOrganization(),
    projects: [],
    ownKeys: [],
    keys: [],
    uses: [],
    forecasts: [],
    limits: [],
    access: emptyAccess(),
    history: emptyHistory(),
    retention: usualRetention(),
    failures: [],
    models: ["phi-3-mini", "qwen-3", "llama-4"],
    seeing: new Set<string>(),
    reasoning: new Set<string>(),
    plain: new Set<string>(),
    prices: new Map<string, object>(),
    reach: NARROWEST_REACH,
    gatewayModel: LONG,
    chat: () => undefined,
  };
  const control: ScriptedControl = {
    ...state,
    seen,
    ...(await listenOnLoopback((request, response) => {
      response.setHeader("access-control-allow-origin", "*");
      response.setHeader(
        "access-control-expose-headers",
        [...EXPOSED_HEADERS, "etag", NEXT_CHATS_HEADER, "content-range"].join(", "),
      );
      if (request.method === "OPTIONS") {
        response.setHeader(
          "access-control-allow-headers",
          "authorization, content-type, idempotency-key, if-match, range",
        );
        response.setHeader("access-control-allow-methods", "GET, POST, DELETE");
        return void response.writeHead(204).end();
      }
      if (request.url === "/oauth/sign-in") return void response.end(JSON.stringify(SIGN_IN));
      serve(request, response, control, seen).catch(() => response.destroy());
    })),
  };
  return control;
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  control: ScriptedControl,
  seen: SeenCall[],
): Promise<void> {
  const { method = "", url = "", headers } = request;
  const body = await text(request);
  const call: SeenCall = {
    method,
    url,
    authorization: headers.authorization,
    idempotencyKey: headers["idempotency-key"]?.toString(),
    body: body === "" ? undefined : JSON.parse(body),
  };
  seen.push(call);
  if (!control.accepted.has(call.authorization?.replace("Bearer ", "") ?? "")) return fail(response, "invalid_api_key");
  const failure = control.failures.shift();
  if (failure !== undefined) return fail(response, failure);
  if (call.url === "/v1/chat/completions") return control.chat(call, response);
  const stored = respondWithHistory(call, headers.range, control.history);
  if (stored === "denied") return fail(response, "permission_denied");
  if (stored === "missing") return fail(response, "not_found");
  if (stored !== undefined) return void response.writeHead(stored.status, { ...stored.headers }).end(stored.body);
  const { role, readsLogs, operates } = control.organization;
  const isRefusedKey =
    (call.url === "/v1/organization/log_keys" && !readsLogs) ||
    (call.url === "/v1/organization/operator_keys" && !operates);
  if (isRefusedKey && role !== "owner") return fail(response, "permission_denied");
  const result = respondAsGateway(call, control.reach) ?? respond(call, control);
  if (result === undefined) return fail(response, "not_found");
  if (result === "denied") return fail(response, "permission_denied");
  response
    .writeHead(200, { "content-type": "application/json" })
    .end(JSON.stringify(result).replaceAll(LONG, control.gatewayModel));
}

function fail(response: ServerResponse, code: ErrorCode): void {
  const { status, retryAfterSeconds } = errorEntry(code);
  const wait = retryAfterSeconds === undefined ? {} : { "retry-after": "1" };
  response.writeHead(status, { "content-type": "application/json", "x-request-id": "req-1", ...wait });
  response.end(JSON.stringify(errorBody(code, {})));
}

function forecastOf(figures: ScriptedControl["forecasts"][number] | undefined): UsageForecast | undefined {
  return figures && { object: "usage.forecast", month: new Date().toISOString().slice(0, 7), days: [], ...figures };
}

function respond({ method, url, body }: SeenCall, control: ScriptedControl): unknown {
  const { projects, keys, uses, limits, models, seeing, reasoning, plain, prices } = control;
  const { pathname, searchParams } = new URL(url, "http://api");
  if (pathname === "/v1/models")
    return {
      object: "list",
      data: models.map((id) => ({
        id,
        object: "model",
        ...(plain.has(id) ? { max_model_len: 4096 } : {}),
        price: prices.get(id),
        capabilities: [
          ...(plain.has(id) ? [] : ["tools", "json-schema"]),
          ...(seeing.has(id) ? ["vision"] : []),
          ...(reasoning.has(id) ? ["reasoning"] : []),
        ],
      })),
    };
  if (pathname === USAGE_FORECAST) return forecastOf(control.forecasts.shift());
  const [, , , subject, id, kind, item] = pathname.split("/");
  const own = respondWithOwnKeys({ method, url, body }, control.ownKeys);
  if (own !== undefined) return own;
  const listed = method === "GET" ? listOfAccess([subject, kind], searchParams, control.access) : undefined;
  if (listed !== undefined) return listed;
  const { name = "" } = (body ?? {}) as { readonly name?: string };
  if (subject === "usage" && (id === "completions" || id === "embeddings"))
    return respondWithUsage(id, uses, searchParams);
  if (subject === "costs") return respondWithUsage("costs", uses, searchParams);
  if (subject === "limits") {
    const isUsed = searchParams.getAll("include[]").includes("used");
    return listPage(isUsed ? limits : limits.map(withoutUsed), searchParams);
  }
  const fields = (body ?? {}) as Readonly<Record<string, unknown>>;
  const stays = respondWithRetention(method, [subject, id, kind], fields, control.retention);
  if (stays !== undefined) return stays;
  const organized = respondWithOrganization(method, [subject, id], fields, searchParams, control.organization);
  if (organized !== undefined) return organized;
  const found = subject === "projects" && method === "POST" ? projects.find((project) => project.id === id) : undefined;
  if (found !== undefined && kind === undefined) return Object.assign(found, { name });
  if (found !== undefined && kind === "archive") return Object.assign(found, { status: "archived" });
  if (subject === "projects" && id === undefined) {
    if (method === "GET")
      return listPage(
        projects.map((project) => ({ status: "active", created_at: CREATED_AT, ...project })),
        searchParams,
      );
    const project = { id: `proj_${projects.length + 1}`, name, status: "active", created_at: CREATED_AT };
    projects.push(project);
    return project;
  }
  if (kind === "api_keys" && method === "GET") return listPage(keys, searchParams);
  if (kind === "api_keys" && method === "DELETE") {
    const index = keys.findIndex((key) => key.id === item);
    if (index < 0) return undefined;
    keys.splice(index, 1);
    return { object: "organization.project.api_key.deleted", id: item, deleted: true };
  }
  if (kind === "service_accounts" && method === "GET") return listPage(accountsOf(keys), searchParams);
  if (kind !== "service_accounts" || method !== "POST") return undefined;
  const key = scriptedKey(name, item);
  keys.unshift(key);
  const secret = { id: key.id, name, value: `sk-sl-${key.id}-secret` };
  return item === undefined ? { id: accountOf(key), name, api_key: secret } : secret;
}

/** The service accounts that have keys. */
function accountsOf(keys: readonly ProjectApiKey[]) {
  return keys.flatMap(({ owner }) =>
    owner.type === "service_account"
      ? [{ object: "organization.project.service_account", ...owner.service_account }]
      : [],
  );
}

/** Id of the service account that has a key. */
export function accountOf({ owner }: ProjectApiKey): string | undefined {
  return owner.type === "service_account" ? owner.service_account.id : undefined;
}

/** @param account id of the account that has the key. @default - one of its own */
export function scriptedKey(name: string, account = `svc_${randomUUID()}`): ProjectApiKey {
  const id = `key_${randomUUID().slice(0, 8)}`;
  return {
    object: "organization.project.api_key",
    id,
    name,
    redacted_value: `sk-sl-${id}…`,
    created_at: CREATED_AT,
    expires_at: null,
    last_used_at: null,
    owner_project_access: "active",
    owner: {
      type: "service_account",
      service_account: { id: account, name, role: "member", created_at: CREATED_AT },
    },
  };
}

function withoutUsed({ limits, tier_limits: _, ...subject }: Limits): Limits {
  return { ...subject, limits: limits.map(({ used: __, ...limit }) => limit) };
}
