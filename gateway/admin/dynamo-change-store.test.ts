import { expect, test } from "vitest";
import { startRoutesTable } from "../test/routes-table.ts";

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
