import { expect, onTestFinished, test } from "vitest";
import type { ControlOperation } from "../contracts/control/operations/operation.ts";
import { CONTROL_OPERATIONS } from "../contracts/control/operations/operations.ts";
import { OWN } from "./test/control/object-ids.ts";
import { create, member, ownObjects } from "./test/control/object-records.ts";
import { OPERATION_BODIES } from "./test/control/operation-bodies.ts";
import { restoredTables } from "./test/control/restored-tables.ts";
import { startControl } from "./test/control/started-control.ts";
import { storeChat } from "./test/stored-chat.ts";

/** What is permitted in an archived project beside reading: what takes something away, and opening what is stored. */
const PERMITTED: ReadonlySet<string> = new Set([
  "archiveProject",
  "createHistoryAccess",
  "deleteBillingCustomer",
  "deleteChat",
  "deleteLimits",
  "deleteModelPermissions",
  "deleteProjectApiKey",
  "deleteProjectGroup",
  "deleteProjectSpendAlert",
  "deleteProjectSpendLimit",
  "deleteProjectUser",
  "deleteServiceAccount",
  "endCredits",
  "revokeCredit",
]);

async function archivedProject() {
  const ends: (() => unknown)[] = [];
  onTestFinished(async () => {
    for (const end of ends) await end();
  });
  const control = await startControl((end) => void ends.unshift(end));
  const records = ownObjects("owner").map((change) =>
    change.action === "create" && change.record.kind === "project"
      ? create({ ...change.record, archivedAt: 2 })
      : change,
  );
  await control.seed("org-a", ...records, create(member(OWN.project_id, "user-caller", "member")));
  await storeChat(control, { id: OWN.chat_id, projectId: OWN.project_id });
  const send = (
    id: string,
    { method, path }: ControlOperation,
    ids: typeof OWN = OWN,
    requested: unknown = OPERATION_BODIES[id],
  ) => {
    const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: keyof typeof OWN) => ids[name]);
    const body = requested === undefined ? "" : JSON.stringify(requested);
    return control.send({ method, path: filled, body }, "org-a", "user-caller");
  };
  return { send, restore: await restoredTables(control.document) };
}

const REFUSED = { message: expect.stringContaining("is archived and can't be changed"), code: "invalid_request" };

// documented: archived-project-changes
test("every operation that changes an archived project is refused, but what takes something away", async () => {
  const { send, restore } = await archivedProject();
  const changes = Object.entries<ControlOperation>(CONTROL_OPERATIONS).filter(
    ([, { method, path }]) => method !== "GET" && /\{(project_id|subject_id)\}/.test(path),
  );
  expect(changes.length).toBeGreaterThan(35);
  for (const [id, operation] of changes) {
    const { status, body } = await send(id, operation);
    if (PERMITTED.has(id)) expect([id, status]).toEqual([id, 200]);
    else expect([id, status, body]).toMatchObject([id, 400, { error: REFUSED }]);
    if (status === 200) await restore();
  }
});

test("limits of a service account and of a key are not changed in an archived project, and those of a person are", async () => {
  const { send } = await archivedProject();
  const update = CONTROL_OPERATIONS.updateLimits;
  const subjects = { service_account: OWN.service_account_id, key: OWN.api_key_id };
  for (const [limit_scope, subject_id] of Object.entries(subjects))
    expect(await send("updateLimits", update, { ...OWN, limit_scope, subject_id })).toMatchObject({
      status: 400,
      body: { error: REFUSED },
    });
  const person = { ...OWN, limit_scope: "user", subject_id: OWN.user_id };
  expect(await send("updateLimits", update, person)).toMatchObject({ status: 200 });
});

test("nobody is invited to an archived project", async () => {
  const { send } = await archivedProject();
  const body = { email: "grace@example.com", role: "reader", projects: [{ id: OWN.project_id, role: "member" }] };
  expect(await send("createInvite", CONTROL_OPERATIONS.createInvite, OWN, body)).toMatchObject({
    status: 400,
    body: { error: REFUSED },
  });
});
