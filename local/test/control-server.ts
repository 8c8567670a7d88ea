import type { IncomingMessage, ServerResponse } from "node:http";
import OpenAI from "openai";
import { expect, onTestFinished } from "vitest";
import type { MemberKeys } from "../../contracts/control/project-keys.ts";
import type { KnownTiers, LimitSetting } from "../../contracts/limits/limit-settings.ts";
import { newAdminKey } from "../../domain/keys/admin-key.ts";
import { FailedKeys } from "../../domain/keys/failed-keys.ts";
import { firstAdminKey } from "../../domain/tenancy/first-admin-key.ts";
import { OlderArchives } from "../../lambdas/administer/call/older-archives.ts";
import { requestOf } from "../../lambdas/administer/control-request.ts";
import { responseOf } from "../../lambdas/administer/control-response.ts";
import { serve } from "../../lambdas/administer/serve.ts";
import { RefusalStore, refusalRecorder } from "../../lambdas/refusal-store.ts";
import { DynamoAuditTable } from "../../lambdas/seal-audit/dynamo-audit-table.ts";
import type { TextSigner } from "../../lambdas/seal-audit/sealing-ports.ts";
import { signErasures } from "../../lambdas/seal-audit/sign-erasures.ts";
import { bind } from "../http/server.ts";
import { controlTable } from "./control-table.ts";
import { localAlarms } from "./local-alarms.ts";
import { localSealer } from "./local-sealer.ts";

const NONE = { organization: undefined, email: undefined, user: undefined, invite: undefined };

/** The limits of the tier `gold`. */
export const GOLD: LimitSetting[] = [
  { metric: "requests", window: "minute", max: 1000 },
  { metric: "nano_usd", window: "month", max: 5_000_000 },
  { metric: "tokens", window: "day", max: 100_000, model: "tiny" },
];

/** The control API as its function serves it, with an organisation whose owner has an admin key. */
export async function controlServer(
  others: { readonly usage?: undefined; readonly memberKeys?: MemberKeys | undefined } = {},
) {
  const clock = { ms: 1_790_000_000_000 };
  const { store, document, keys, name, usage, usageTable, ledgerOf, history, historyTables, erasable, ...stores } =
    await controlTable(undefined, undefined, () => clock.ms);
  const cloudWatch = await localAlarms(() => clock.ms);
  const lines: Readonly<Record<string, unknown>>[] = [];
  const log = (line: Readonly<Record<string, unknown>>) => void lines.push(line);
  const tools = {
    store,
    olderArchives: new OlderArchives(),
    keyPlan: "standard",
    memberKeys: { perPerson: 5, maxDays: 90 },
    models: ["tiny", "chat"],
    tiers: { gold: GOLD, free: null } satisfies KnownTiers,
    mailReceivers: ["oncall@example.com", "billing@example.com"],
    usage,
    ledger: ledgerOf(() => clock.ms),
    history,
    erasable,
    expiry: stores.expiry,
    environmentRetention: { responses: 30, history: 30, files: 30, audit_events: 365, usage_events: 400, logs: 30 },
    serviceAlarms: cloudWatch.alarms,
    organization: "org-a",
    sealer: await localSealer(),
    failedKeys: new FailedKeys(100),
    uptime: () => clock.ms,
    now: () => clock.ms++,
    log,
    recordRefusal: refusalRecorder(new RefusalStore(document, { control: name, keys }), log),
    ...others,
  };
  const respond = async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? "", "http://api");
    let body = "";
    for await (const chunk of request) body += String(chunk);
    const parameters = url.search.slice(1).split("&").filter(Boolean);
    const names = Map.groupBy(parameters, (parameter) => parameter.split("=")[0] ?? "");
    const event = {
      httpMethod: request.method,
      path: url.pathname,
      multiValueQueryStringParameters: Object.fromEntries(
        [...names].map(([name, all]) => [name, all.map((parameter) => parameter.split("=")[1] ?? "")]),
      ),
      multiValueHeaders: request.headersDistinct,
      body,
      isBase64Encoded: false,
    };
    const received = requestOf(event, "load-balancer", "req-1");
    const served = await serve(received, tools);
    const sent = responseOf(served, received.origin.requestId);
    const { statusCode, multiValueHeaders } = sent;
    for (const [name, values] of Object.entries(multiValueHeaders)) response.setHeader(name, [...values]);
    response.writeHead(statusCode).end(Buffer.from(sent.body, sent.isBase64Encoded ? "base64" : "utf8"));
  };
  // A test may end while a request is on its way, whose tables are gone then.
  const api = await bind(0, "", (request, response) => {
    respond(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  onTestFinished(() => api.close());
  const url = `http://127.0.0.1:${api.port}/v1`;
  const owner = async (organizationId: string) => {
    const made = newAdminKey();
    const request = { organizationId, email: `owner@${organizationId}.example`, name: "first", nowMs: clock.ms };
    expect(await store.write(organizationId, firstAdminKey(NONE, request, made).changes)).toBe(true);
    return made.secret;
  };
  /** What the sealer does each minute with erasures. */
  const signReports = (signer: TextSigner) =>
    signErasures(new DynamoAuditTable(document, name), signer, () => clock.ms);
  const sdk = (adminAPIKey: string) =>
    new OpenAI({ adminAPIKey, apiKey: "unused", baseURL: url, maxRetries: 0 }).admin.organization;
  const post = (path: string, secret: string, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
    fetch(`${url}${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${secret}`, ...headers },
      body: JSON.stringify(body),
    });
  return {
    ...stores,
    cloudWatch: cloudWatch.cloudWatch,
    alarmCalls: cloudWatch.calls,
    cloudWatchClient: cloudWatch.client,
    signReports,
    tools,
    store,
    document,
    controlTable: name,
    keys,
    usageTable,
    ledgerOf,
    historyTables,
    clock,
    lines,
    url,
    owner,
    sdk,
    post,
  };
}

/** All items of all pages. */
export async function all<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of pages) items.push(item);
  return items;
}
