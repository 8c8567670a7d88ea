import { expect, test } from "vitest";
import { startRoutesTable } from "../test/routes-table.ts";
import { TableMoved, VersionConflict } from "./change-store.ts";

const override = {
  id: "override#tiny",
  kind: "override",
  name: "tiny",
  version: 1,
  updatedAt: "2026-01-01T00:00:00.000Z",
  updatedBy: "operator",
  settings: { force: null, drain: ["pool/tiny"] },
};

test("a change that a newer version wrote is read without the fields that this version does not know", async () => {
  const table = await startRoutesTable();
  const settings = { ...override.settings, reason: "maintenance" };
  await table.write({ ...override, settings, expiresAt: 1_800_000_000 }, 1);
  expect(await table.changeStore.all()).toEqual({ changes: [{ section: "targets", ...override }], unreadable: [] });
});

test("a change with a value that breaks a rule is named, and the remaining ones are read", async () => {
  const table = await startRoutesTable();
  await table.write(override, 1);
  await table.write({ ...override, id: "override#other", name: "other", settings: { force: 5, drain: [] } }, 2);
  const { changes, unreadable } = await table.changeStore.all();
  expect(changes.map(({ id }) => id)).toEqual([override.id]);
  expect(unreadable).toEqual(["override#other"]);
});

test("a version is never issued again, also for an item that was deleted and made anew", async () => {
  const { changeStore } = await startRoutesTable();
  const settings = { force: null, drain: [] };
  const author = { by: "x", at: new Date(0), over: undefined };
  const put = async () =>
    changeStore.put("override", "tiny", settings, { ...author, seen: await changeStore.version() });
  const first = await put();
  expect(await changeStore.delete("override", "tiny", { over: first, seen: await changeStore.version() })).toBe(true);
  const second = await put();
  expect(second).toBeGreaterThan(first);
  const late = { ...author, over: first, seen: await changeStore.version() };
  await expect(changeStore.put("override", "tiny", settings, late)).rejects.toThrow(VersionConflict);
});

test("there is no change of a name that no item can have", async () => {
  const { changeStore } = await startRoutesTable();
  expect(await changeStore.delete("provider", "x".repeat(1500), { over: undefined, seen: 0 })).toBe(false);
});

test("of two changes that were checked against the same count, one is made", async () => {
  const { changeStore } = await startRoutesTable();
  const settings = { force: null, drain: [] };
  const author = { by: "x", at: new Date(0), over: undefined, seen: 0 };
  const both = await Promise.allSettled(
    ["one", "other"].map((name) => changeStore.put("override", name, settings, author)),
  );
  expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  expect(both.find(({ status }) => status === "rejected")).toMatchObject({ reason: expect.any(TableMoved) });
  expect((await changeStore.all()).changes).toHaveLength(1);
});

// documented: changes-sent-again
test("a change that arrives twice, as its first response was cut off, is made and no conflict, and gateways read again", async () => {
  const { changeStore } = await startRoutesTable({ isSentAgain: true });
  const settings = { force: null, drain: [] };
  const author = { by: "x", at: new Date(0) };
  const put = async (over: number | undefined) =>
    changeStore.put("override", "tiny", settings, { ...author, over, seen: await changeStore.version() });
  const made = await put(0);
  const changed = await put(made);
  expect(await changeStore.version()).toBe(changed);
  const remove = async (over: number | undefined) =>
    changeStore.delete("override", "tiny", { over, seen: await changeStore.version() });
  await expect(remove(made)).rejects.toThrow(VersionConflict);
  expect(await remove(changed)).toBe(true);
  expect(await changeStore.version()).toBeGreaterThan(changed);
  await put(undefined);
  expect([await remove(undefined), await remove(undefined)]).toEqual([true, false]);
  expect((await changeStore.all()).changes).toEqual([]);
});
