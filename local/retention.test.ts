import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { describe, expect, test } from "vitest";
import type { ProjectRetention } from "../contracts/retention/retention.ts";
import { readSubjectLimits, subjectLimitsId } from "../domain/limits/subject-limits.ts";
import { DynamoPendingWork } from "../lambdas/administer/pending/dynamo-pending-work.ts";
import { runPending } from "../lambdas/administer/pending/run-pending.ts";
import { erasureServer, USER } from "./test/erasure-server.ts";
import { storeChat } from "./test/stored-chat.ts";

const DAY = 86_400;

async function started() {
  const server = await erasureServer();
  const { tools, document, controlTable, clock, send, project, items, storeNames, historyTables } = server;
  const pending = new DynamoPendingWork(document, controlTable);
  const wait = (milliseconds: number) => {
    clock.ms += milliseconds;
    return Promise.resolve();
  };
  const path = `/organization/projects/${project}/retention`;
  const body = async (response: Promise<Response>) => (await (await response).json()) as ProjectRetention;
  /** Days until each item ends, from when it was stored. */
  const ends = async () => {
    const responses = (await items(storeNames.responses)).map(
      ({ expiresAt, storedAt }) => Number(expiresAt) - Number(storedAt),
    );
    const files = (await items(storeNames.batches))
      .filter(({ sk }) => String(sk).startsWith("file#"))
      .map(({ expiresAt, createdAt }) => Number(expiresAt) - Number(createdAt));
    const history = (await items(historyTables.history)).map(
      ({ expiresAt, heldExpiry, generation }) =>
        Number(expiresAt ?? heldExpiry) - Math.ceil(Date.parse((generation as { at: string }).at) / 1000),
    );
    return { responses, files, history: [...new Set(history)] };
  };
  return {
    ...server,
    pending,
    ends,
    run: () => runPending({ ...tools, pending, wait }),
    retention: () => body(send("GET", path)),
    set: (days: object) => body(send("POST", path, days)),
    refused: async (days: object) => {
      const response = await send("POST", path, days);
      return [response.status, await response.text()] as const;
    },
  };
}

describe("the retention of a project", () => {
  // documented: retention-applies
  test("is the environment's until it has its own, which then holds for what is stored already, shorter and longer", async () => {
    const { use, project, set, retention, run, ends, pending, ...tables } = await started();
    await use(`user:${project}:${USER}`, { type: "user", id: USER });
    await storeChat(tables, { projectId: project, ownerId: USER });
    const before = await ends();
    expect(before.history).toEqual([30 * DAY]);
    expect((await retention()).applied).toBe(true);
    expect((await set({ responses: 7, files: 3, history: 2 })).applied).toBe(false);
    expect(await pending.list()).toEqual([{ kind: "retention", organizationId: "org-a", id: project }]);
    await run();
    expect(await ends()).toEqual({ responses: [7 * DAY], files: [3 * DAY], history: [2 * DAY] });
    const { applied, data } = await retention();
    expect(applied).toBe(true);
    expect(data.find((row) => row.class === "responses")).toMatchObject({
      days: 7,
      origin: "project",
      environment_days: 30,
      max_days: 365,
    });
    expect(data.find((row) => row.class === "audit_events")).toMatchObject({
      days: 365,
      origin: "environment",
      max_days: null,
    });
    await set({ responses: 90, files: null, history: 60 });
    await run();
    // A file ends no later than it would have by itself.
    expect(await ends()).toEqual({
      responses: [90 * DAY],
      files: before.files.map((seconds) => Math.min(seconds, 30 * DAY)),
      history: [60 * DAY],
    });
    expect(await pending.list()).toEqual([]);
  });

  test("of another project does not change it, and what is stored of nobody's project stays as it is", async () => {
    const { use, set, run, ends, json, send, project } = await started();
    await use("account:svc_acct_other", { type: "service_account", id: "svc_acct_other" });
    const before = await ends();
    const other = await json<{ id: string }>(send("POST", "/organization/projects", { name: "other" }));
    await send("POST", `/organization/projects/${other.id}/retention`, { responses: 1, files: 1 });
    await run();
    expect((await ends()).files).toEqual(before.files);
    expect(project).not.toBe(other.id);
    expect((await set({ responses: 5 })).data[0]).toMatchObject({ days: 5 });
  });

  test("is held by gateways with the project's keys, and stays while limits of the project change", async () => {
    const { set, project, send, document, keys } = await started();
    await set({ responses: 7, history: 9 });
    const limits = { limits: [{ metric: "requests", window: "minute", max: 5 }] };
    expect((await send("POST", `/organization/limits/project/${project}`, limits)).status).toBe(200);
    const subject = { scope: "project", subject: project } as const;
    const Key = { keyId: subjectLimitsId(subject) };
    const { Item } = await document.send(new GetCommand({ TableName: keys, Key }));
    expect(readSubjectLimits(subject, Item)).toMatchObject({
      keepDays: { responses: 7, history: 9 },
      limits: [{ max: 5 }],
    });
  });

  test("is refused outside of its bounds and for classes that only the environment has, with the field and the rule", async () => {
    const { refused, set } = await started();
    for (const [days, text] of [
      [{ responses: 0 }, /responses/],
      [{ responses: 366 }, /365.*responses/],
      [{ files: 31 }, /30.*files/],
      [{ history: 1.5 }, /history/],
      [{ audit_events: 1 }, /audit_events/],
      [{ logs: 1 }, /logs/],
      [{}, /at least one class/],
    ] as const)
      expect(await refused(days), JSON.stringify(days)).toEqual([400, expect.stringMatching(text)]);
    expect((await set({ history: null })).applied).toBe(false);
  });

  test("is in the audit log with what it was before and after", async () => {
    const { set, send, json } = await started();
    await set({ responses: 7 });
    await set({ responses: null, files: 2 });
    const { data } = await json<{ data: readonly Record<string, unknown>[] }>(
      send("GET", "/organization/audit_logs?event_types[]=retention.updated"),
    );
    expect(data.map((event) => event["retention.updated"])).toMatchObject([
      { before: { responses: 7 }, after: { files: 2 }, changes_requested: { responses: null, files: 2 } },
      { before: {}, after: { responses: 7 } },
    ]);
  });
});
