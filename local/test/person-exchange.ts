import { setTimeout as sleep } from "node:timers/promises";
import type { PeopleSettings } from "../../contracts/processes/people.ts";
import type { WorkloadPolicy } from "../../contracts/processes/workloads.ts";
import { IssuerKeys } from "../../domain/issuers/issuer-keys.ts";
import { apiKeyId } from "../../domain/keys/api-key.ts";
import { checkKey } from "../../domain/keys/check-key.ts";
import { DynamoKeyStore } from "../../gateway/keys/dynamo-key-store.ts";
import { ExchangeStore } from "../../lambdas/exchange-token/exchange-store.ts";
import { IssuerClient } from "../../lambdas/exchange-token/issuer-client.ts";
import { PeopleStore } from "../../lambdas/exchange-token/people-store.ts";
import { requestOf } from "../../lambdas/exchange-token/received-request.ts";
import { serve } from "../../lambdas/exchange-token/serve.ts";
import { verifiedIdToken } from "../../lambdas/exchange-token/verify-id-token.ts";
import { fetchDocument } from "../../lib/http/fetch-document.ts";
import { controlServer } from "./control-server.ts";

const ORGANIZATION = "org-a";
const GRANT = "urn:ietf:params:oauth:grant-type:token-exchange";
const ID_TOKEN = "urn:ietf:params:oauth:token-type:id_token";

/**
 * The control API of one organisation with a project, and the token exchange of its people, on the same tables.
 * @param startMs milliseconds since 1970 at which the clock of both starts. @default - a fixed time
 */
export async function personExchange(
  people: PeopleSettings,
  workloads: readonly WorkloadPolicy[] = [],
  startMs?: number,
) {
  const { document, keys, owner, sdk, ...server } = await controlServer();
  server.clock.ms = startMs ?? server.clock.ms;
  const secret = await owner(ORGANIZATION);
  const organization = sdk(secret);
  const project = await organization.projects.create({ name: "search" });
  const tables = { control: "sluice-dev-control", keys };
  const store = new PeopleStore(document, tables, ORGANIZATION);
  const lines: Readonly<Record<string, unknown>>[] = [];
  const wallClock = () => server.clock.ms;
  const tools = {
    workloads,
    people: { settings: { ...people, organization: ORGANIZATION }, store },
    keys: new IssuerKeys({ read: fetchDocument, now: () => performance.now() }),
    store: new ExchangeStore(document, keys),
    log: (line: Readonly<Record<string, unknown>>) => void lines.push(line),
    wallClock,
  };
  const client = new IssuerClient({ issuer: people.issuer, clientId: people.clientId, now: () => performance.now() });
  const browser = {
    people: tools.people,
    client,
    verify: (idToken: string) => verifiedIdToken(idToken, people, { keys: tools.keys, wallClock }),
    isSecure: true,
    wallClock,
    wait: (ms: number) => sleep(ms),
    log: tools.log,
  };
  /** A request of the page's own origin. @param cookie as the browser has it */
  const session = async (
    method: string,
    path: string,
    body: object,
    headers: Readonly<Record<string, string>> = {},
  ) => {
    const all = {
      "x-sluice-session": "1",
      "sec-fetch-site": "same-origin",
      "content-type": "application/json",
      ...headers,
    };
    const event = {
      httpMethod: method,
      path,
      multiValueHeaders: {
        "x-forwarded-for": ["198.51.100.1, 192.0.2.1"],
        ...Object.fromEntries(Object.entries(all).map(([name, value]) => [name, [value]])),
      },
      body: JSON.stringify(body),
      isBase64Encoded: false,
    };
    const response = await serve(requestOf(event, "load-balancer", "request-1"), { ...tools, browser });
    const [cookie = ""] = response.multiValueHeaders["set-cookie"] ?? [];
    return {
      status: response.statusCode,
      cookie,
      headers: response.multiValueHeaders,
      body: JSON.parse(response.body),
    };
  };
  const exchange = async (token: string, fields: Readonly<Record<string, string>> = {}) => {
    const form = { grant_type: GRANT, subject_token: token, subject_token_type: ID_TOKEN, ...fields };
    const event = {
      httpMethod: "POST",
      path: "/oauth/token",
      multiValueHeaders: {
        "content-type": ["application/x-www-form-urlencoded"],
        "x-forwarded-for": ["192.0.2.1"],
      },
      body: new URLSearchParams(form).toString(),
      isBase64Encoded: false,
    };
    const response = await serve(requestOf(event, "load-balancer", "request-1"), tools);
    return { status: response.statusCode, headers: response.multiValueHeaders, body: JSON.parse(response.body) };
  };
  const keyStore = new DynamoKeyStore({ client: document, tableName: keys });
  /** The item of a key as gateways read it. */
  const item = (key: string) => keyStore.get(apiKeyId(key) ?? "");
  /** Why a gateway refuses a key, as it is stored now. */
  const refusal = async (key: string) => checkKey(key, await item(key), { scope: "generate" }, wallClock());
  return {
    ...server,
    document,
    keysTable: keys,
    sdk,
    session,
    client,
    secret,
    organization,
    project,
    store,
    tools,
    lines,
    exchange,
    item,
    refusal,
  };
}
