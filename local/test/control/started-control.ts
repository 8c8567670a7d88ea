import OpenAI from "openai";
import { onTestFinished } from "vitest";
import { administer, type ControlRequest } from "../../../lambdas/administer/administer.ts";
import { OlderArchives } from "../../../lambdas/administer/call/older-archives.ts";
import { RefusalStore, refusalRecorder } from "../../../lambdas/refusal-store.ts";
import { bind } from "../../http/server.ts";
import { type AtEnd, controlTable } from "../control-table.ts";
import { localAlarms } from "../local-alarms.ts";
import { localSealer } from "../local-sealer.ts";

/**
 * The control API behind a socket, with its tables in the local DynamoDB; the credential is `organisation/user`.
 * @param atEnd what is told how to stop it
 */
export async function startControl(atEnd: AtEnd = onTestFinished) {
  const { store, document, name, keys, usage, ledgerOf, usageFiles, history, historyTables, erasable } =
    await controlTable("sluice-dev-control", atEnd);
  const sealer = await localSealer(atEnd);
  const fail = (line: unknown) => {
    throw new Error(JSON.stringify(line));
  };
  const clock = { ms: 1_790_000_000_000 };
  const { alarms: serviceAlarms } = await localAlarms(() => clock.ms, atEnd);
  const send = (
    request: Omit<ControlRequest, "caller" | "query" | "origin"> & { readonly query?: ControlRequest["query"] },
    organizationId: string,
    userId: string,
    /** Of the caller's key. @default - it has none of its own */
    scopes?: ReadonlySet<string>,
  ) =>
    administer(
      {
        query: {},
        ...request,
        origin: { address: "192.0.2.1", requestId: "req-1" },
        caller: { organizationId, userId, keyId: `key_${userId}`, scopes },
      },
      {
        store,
        olderArchives: new OlderArchives(),
        keyPlan: "standard",
        memberKeys: { perPerson: 5, maxDays: 90 },
        models: ["tiny"],
        mailReceivers: ["oncall@example.com"],
        usage,
        ledger: ledgerOf(() => clock.ms),
        history,
        erasable,
        environmentRetention: { responses: 30, history: 30, files: 30, logs: 30 },
        serviceAlarms,
        organization: "org-a",
        sealer,
        now: () => clock.ms++,
        log: () => undefined,
        recordRefusal: refusalRecorder(new RefusalStore(document, { control: name, keys }), fail),
      },
    );
  const api = await bind(0, "", async (request, response) => {
    const url = new URL(request.url ?? "", "http://api");
    const [organizationId = "", userId = ""] = String(request.headers.authorization).replace("Bearer ", "").split("/");
    let body = "";
    for await (const chunk of request) body += String(chunk);
    const query = Object.fromEntries([...url.searchParams.keys()].map((name) => [name, url.searchParams.getAll(name)]));
    const result = await send(
      { method: request.method ?? "", path: url.pathname, query, body },
      organizationId,
      userId,
    );
    response.writeHead(result.status, { ...result.headers, "content-type": "application/json" });
    response.end(JSON.stringify(result.body));
  });
  atEnd(() => api.close());
  const seed = (organizationId: string, ...records: Parameters<typeof store.write>[1][number][]) =>
    store.write(organizationId, records);
  const sdk = (organizationId: string, userId: string) =>
    new OpenAI({
      adminAPIKey: `${organizationId}/${userId}`,
      apiKey: "unused",
      baseURL: `http://127.0.0.1:${api.port}/v1`,
      maxRetries: 0,
    }).admin.organization;
  return { store, send, seed, sdk, clock, document, historyTables, usageFiles };
}
