import { ScanCommand } from "@aws-sdk/lib-dynamodb";
import { expect, test } from "vitest";
import type { Erasure } from "../contracts/erasure/erasure.ts";
import type { LegalHold } from "../contracts/erasure/legal-hold.ts";
import { DynamoPendingWork } from "../lambdas/administer/pending/dynamo-pending-work.ts";
import { runPending } from "../lambdas/administer/pending/run-pending.ts";
import { controlServer } from "./test/control-server.ts";
import { CHAT_ID, storeChat } from "./test/stored-chat.ts";

const SETTLED_MS = 30_000;
const REASON = "a case in court";
const idOf = (index: number) => `gen_${String(index).repeat(32)}`;

/** The control API of an organisation whose project has a service account. */
async function started() {
  const server = await controlServer();
  const { owner, url, document, historyTables } = server;
  const secret = await owner("org-a");
  const send = (method: string, path: string, body?: unknown, key = secret) =>
    fetch(`${url}/organization${path}`, {
      method,
      headers: { authorization: `Bearer ${key}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const json = async <T>(response: Promise<Response>) => (await (await response).json()) as T;
  const project = (await json<{ id: string }>(send("POST", "/projects", { name: "search" }))).id;
  const account = (await json<{ id: string }>(send("POST", `/projects/${project}/service_accounts`, { name: "job" })))
    .id;
  const hold = (id: string) => json<LegalHold>(send("POST", "/legal_holds", { subject_id: id, reason: REASON }));
  const release = (id: string) => json<{ deleted: boolean }>(send("DELETE", `/legal_holds/${id}`));
  const erase = (id: string) => send("POST", "/erasures", { subject_id: id });
  /** Whether each item of the history has a time to live, by the chat's id or list. */
  const expiring = async () => {
    const { Items = [] } = await document.send(new ScanCommand({ TableName: historyTables.history }));
    return Items.map(({ partition, expiresAt }) => `${partition} ${expiresAt !== undefined}`).toSorted();
  };
  const events = async () =>
    (await json<{ data: readonly { type: string }[] }>(send("GET", "/audit_logs?limit=100"))).data.map(
      ({ type }) => type,
    );
  const pending = new DynamoPendingWork(document, server.controlTable);
  const wait = (milliseconds: number) => {
    server.clock.ms += milliseconds;
    return Promise.resolve();
  };
  const run = () => runPending({ ...server.tools, pending, wait });
  return { ...server, send, json, project, account, hold, release, erase, expiring, events, pending, run };
}

// documented: legal-hold-history
test("a legal hold keeps the history of its subject from expiring and from being deleted, what is stored later too, until it is released", async () => {
  const { project, account, hold, release, expiring, clock, send, json, document, historyTables } = await started();
  const tables = { document, historyTables };
  await storeChat(tables, { projectId: project, ownerId: account });
  await storeChat(tables, { id: idOf(1), projectId: project, ownerId: "svc_acct_other" });
  expect((await hold(account)).status).toBe("in_progress");
  await storeChat(tables, { id: idOf(2), projectId: project, ownerId: account });
  const [other, later] = [`generation#${idOf(1)}`, `generation#${idOf(2)}`];
  const held = [`generation#${CHAT_ID} false`, `${other} true`, `${later} false`];
  const lists = [`list#${account} false`, `list#${account} false`, "list#svc_acct_other true"];
  const ofProject = [`list#${project} false`, `list#${project} false`, `list#${project} true`];
  expect(await expiring()).toEqual([...held, ...lists, ...ofProject].toSorted());
  clock.ms += SETTLED_MS;
  expect((await hold(account)).status).toBe("held");
  const refused = await send("DELETE", `/projects/${project}/chats/${CHAT_ID}`);
  expect([refused.status, await refused.text()]).toEqual([409, expect.stringContaining(`legal hold on '${account}'`)]);
  expect((await json<{ data: unknown[] }>(send("GET", `/projects/${project}/chats`))).data).toHaveLength(3);
  // Of two holds on a generation, the second still holds it.
  await hold(project);
  expect((await release(account)).deleted).toBe(false);
  expect((await expiring()).filter((one) => one.endsWith("true"))).toEqual([]);
  clock.ms += SETTLED_MS;
  expect((await release(account)).deleted).toBe(true);
  expect((await release(project)).deleted).toBe(false);
  expect((await expiring()).filter((one) => one.endsWith("false"))).toEqual([]);
  clock.ms += SETTLED_MS;
  expect((await release(project)).deleted).toBe(true);
  expect((await send("DELETE", `/legal_holds/${project}`)).status).toBe(404);
  expect((await send("DELETE", `/projects/${project}/chats/${CHAT_ID}`)).status).toBe(200);
});

// documented: legal-hold-schedule
test("a hold that one request placed, and one that one request released, are completed by the schedule", async () => {
  const { project, account, hold, release, expiring, send, json, run, pending, clock, document, historyTables } =
    await started();
  await storeChat({ document, historyTables }, { projectId: project, ownerId: account });
  const statuses = async () =>
    (await json<{ data: readonly LegalHold[] }>(send("GET", "/legal_holds"))).data.map(({ status }) => status);
  expect((await hold(account)).status).toBe("in_progress");
  expect(await pending.list()).toEqual([{ kind: "legalHolds", organizationId: "org-a", id: "all" }]);
  await run();
  expect(await statuses()).toEqual(["held"]);
  expect(await pending.list()).toEqual([]);
  expect((await expiring()).filter((one) => one.endsWith("true"))).toEqual([]);
  clock.ms += SETTLED_MS;
  expect((await release(account)).deleted).toBe(false);
  expect(await statuses()).toEqual(["releasing"]);
  await run();
  expect(await statuses()).toEqual([]);
  expect(await pending.list()).toEqual([]);
  expect((await expiring()).filter((one) => one.endsWith("false"))).toEqual([]);
});

// documented: legal-hold-erasure
test("an erasure is refused while its subject, its project or a member of it is held, says so, and is possible afterwards", async () => {
  const { project, account, hold, release, erase, clock, events, send, json } = await started();
  for (const [held, erased] of [
    [account, account],
    [account, project],
    [project, account],
  ] as const) {
    await hold(held);
    const refused = await erase(erased);
    expect([refused.status, await refused.text()], `${held} ${erased}`).toEqual([
      409,
      expect.stringMatching(
        new RegExp(`legal hold on '${held}' \\(${REASON}\\).*DELETE /v1/organization/legal_holds/${held}`),
      ),
    ]);
    await release(held);
    clock.ms += SETTLED_MS;
    expect((await release(held)).deleted).toBe(true);
  }
  expect((await events()).filter((type) => type.startsWith("legal_hold.")).toSorted()).toEqual([
    ...Array(3).fill("legal_hold.placed"),
    ...Array(3).fill("legal_hold.released"),
  ]);
  expect((await json<Erasure>(erase(account))).status).toBe("in_progress");
  expect((await send("POST", "/legal_holds", { subject_id: account, reason: REASON })).status).toBe(400);
  const listed = await json<{ data: readonly LegalHold[] }>(send("GET", "/legal_holds"));
  expect(listed.data).toEqual([]);
});

test("a hold of another organisation is not found, and its subject neither", async () => {
  const { project, hold, send, owner } = await started();
  await hold(project);
  const stranger = await owner("org-b");
  for (const [method, path, body] of [
    ["DELETE", `/legal_holds/${project}`, undefined],
    ["POST", "/legal_holds", { subject_id: project, reason: REASON }],
  ] as const)
    expect((await send(method, path, body, stranger)).status, path).toBe(404);
});
