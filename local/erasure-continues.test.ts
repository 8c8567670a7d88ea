import { expect, test } from "vitest";
import type { Erasure } from "../contracts/erasure/erasure.ts";
import { DynamoPendingWork } from "../lambdas/administer/pending/dynamo-pending-work.ts";
import { runPending } from "../lambdas/administer/pending/run-pending.ts";
import type { ErasableData } from "../lambdas/administer/store/erasable-data.ts";
import { erasureServer } from "./test/erasure-server.ts";
import { storeChat } from "./test/stored-chat.ts";

interface Sent {
  readonly middlewareStack: {
    add(handler: (next: (args: never) => Promise<never>) => (args: never) => Promise<never>, options: object): void;
  };
}

/** Ends the control API's process at a call to AWS: no later one is made either, until it starts again. */
function killer() {
  let left = Number.POSITIVE_INFINITY;
  let made = 0;
  const handler = (next: (args: never) => Promise<never>) => (args: never) => {
    made++;
    if (left-- <= 0) throw new Error("the process was killed");
    return next(args);
  };
  return {
    watch: ({ middlewareStack }: Sent) => middlewareStack.add(handler, { step: "initialize", name: "killer" }),
    /** @param calls that are made before the process ends */
    at: (calls: number) => {
      [left, made] = [calls, 0];
    },
    off: () => {
      left = Number.POSITIVE_INFINITY;
    },
    made: () => made,
  };
}

async function started() {
  const server = await erasureServer();
  const kill = killer();
  kill.watch(server.document as unknown as Sent);
  kill.watch(server.s3 as unknown as Sent);
  const { tools, clock, document, controlTable } = server;
  const pending = new DynamoPendingWork(document, controlTable);
  const wait = (milliseconds: number) => {
    clock.ms += milliseconds;
    return Promise.resolve();
  };
  return { ...server, kill, pending, run: () => runPending({ ...tools, pending, wait }) };
}

/** Of the calls of an erasure, those at which one is killed: all of a step are alike. */
const KILLS = 12;

// documented: erasure-continues
test("an erasure whose process is killed at its calls to AWS is completed by the schedule's next run, once, with all that was stored", async () => {
  const { addMember, use, project, erase, items, objects, kill, run, pending, json, send, storeNames, ...tables } =
    await started();
  const member = async (name: string) => {
    const id = `user-${name}`;
    await addMember(id, `${name}@b.example`);
    await storeChat(tables, { id: `gen_${name.padStart(32, "0")}`, projectId: project, ownerId: id });
    await use(`user:${project}:${id}`, { type: "user", id });
    return id;
  };
  const whole = await member("whole");
  kill.at(Number.POSITIVE_INFINITY);
  expect((await erase(whole)).status).toBe("in_progress");
  const calls = kill.made();
  expect(calls).toBeGreaterThan(30);
  const members = [whole];
  for (let index = 0; index < KILLS; index++) {
    const id = await member(String(index));
    members.push(id);
    kill.at(Math.floor((index * calls) / KILLS));
    await erase(id).catch(() => undefined);
    // The first run is killed too, elsewhere.
    kill.at((index * 7) % 23);
    await run().catch(() => undefined);
    kill.off();
    await run();
    expect(await pending.list()).toEqual([]);
  }
  // Those of whom no request got as far as to begin are there still.
  const list = async () =>
    (await json<{ data: readonly Erasure[] }>(send("GET", "/organization/erasures?limit=100"))).data;
  const begun = (await list()).map(({ id }) => id);
  expect(begun.length).toBeGreaterThan(KILLS / 2);
  for (const id of members.filter((one) => !begun.includes(one))) await erase(id);
  await run();
  expect((await list()).filter(({ status }) => status !== "completed")).toEqual([]);
  expect([await items(storeNames.responses), await objects(), await items(tables.historyTables.history)]).toEqual([
    [],
    [],
    [],
  ]);
  const { data: events } = await json<{ data: readonly { "erasure.completed"?: { id: string } }[] }>(
    send("GET", "/organization/audit_logs?limit=100&event_types[]=erasure.completed"),
  );
  expect(events.flatMap((event) => event["erasure.completed"]?.id ?? []).toSorted()).toEqual(members.toSorted());
});

// documented: erasure-throttled
test("work that fails in a run holds up no other, is reported by its kind and id alone, and goes on in the next run", async () => {
  const { addMember, erase, tools, pending, clock, lines } = await started();
  for (const name of ["a", "b"]) {
    await addMember(`user-${name}`, `${name}@c.example`);
    await erase(`user-${name}`);
  }
  const erasable: ErasableData = {
    holds: tools.erasable.holds,
    sweep: (subject, isLate) =>
      subject.id === "user-a" ? Promise.reject(new Error("throttled")) : tools.erasable.sweep(subject, isLate),
  };
  const wait = (milliseconds: number) => {
    clock.ms += milliseconds;
    return Promise.resolve();
  };
  await expect(runPending({ ...tools, erasable, pending, wait })).rejects.toThrow("erasure of user-a: Error");
  expect(await pending.list()).toEqual([{ kind: "erasure", organizationId: "org-a", id: "user-a" }]);
  expect(lines).toContainEqual(expect.objectContaining({ level: "warn", kind: "erasure", id: "user-a" }));
  await runPending({ ...tools, pending, wait });
  expect(await pending.list()).toEqual([]);
});
