import { paginateScan } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import type { ControlOperation } from "../contracts/control/operations/operation.ts";
import { CONTROL_OPERATIONS } from "../contracts/control/operations/operations.ts";
import type { ControlRequest } from "../lambdas/administer/administer.ts";
import { FOREIGN, OWN } from "./test/control/object-ids.ts";
import { foreignObjects, ownObjects } from "./test/control/object-records.ts";
import { startControl } from "./test/control/started-control.ts";

type Ids = typeof FOREIGN;
type Request = readonly [method: ControlOperation["method"], path: string, body: object];

/** Ids beside the foreign ones in every order, which nobody has. */
const absent = (id: string) => id.replace("foreign", "foreigm").replace("ffffffffffff", "fffffffffffe");
const ABSENT = Object.fromEntries(Object.entries(FOREIGN).map(([name, id]) => [name, absent(id)])) as Ids;
const ORGANIZATION = "/v1/organization";
const PROJECT = `${ORGANIZATION}/projects/${OWN.project_id}`;
const ROLES = `/v1/projects/${OWN.project_id}`;

/** Requests whose body names an object. */
const BODIES: Readonly<Record<string, (ids: Ids) => Request>> = {
  "a user for a project": ({ user_id }) => ["POST", `${PROJECT}/users`, { user_id, role: "member" }],
  "a user for a group": ({ user_id }) => ["POST", `${ORGANIZATION}/groups/${OWN.group_id}/users`, { user_id }],
  "a group for a project": ({ group_id }) => ["POST", `${PROJECT}/groups`, { group_id, role: "member" }],
  "a role for a user": ({ role_id }) => ["POST", `${ORGANIZATION}/users/${OWN.user_id}/roles`, { role_id }],
  "a role for a group": ({ role_id }) => ["POST", `${ORGANIZATION}/groups/${OWN.group_id}/roles`, { role_id }],
  "a role for a user in a project": ({ role_id }) => ["POST", `${ROLES}/users/${OWN.user_id}/roles`, { role_id }],
  "a role for a group in a project": ({ role_id }) => ["POST", `${ROLES}/groups/${OWN.group_id}/roles`, { role_id }],
  "a project of an invitation": ({ project_id: id }) => [
    "POST",
    `${ORGANIZATION}/invites`,
    { email: "someone@example.com", role: "reader", projects: [{ id, role: "member" }] },
  ],
  ...Object.fromEntries(
    (["user_id", "service_account_id", "project_id"] as const).flatMap((name) => [
      [
        `a subject to erase: ${name}`,
        (ids: Ids): Request => ["POST", `${ORGANIZATION}/erasures`, { subject_id: ids[name] }],
      ],
      [
        `a subject to hold: ${name}`,
        (ids: Ids): Request => ["POST", `${ORGANIZATION}/legal_holds`, { subject_id: ids[name], reason: "a case" }],
      ],
    ]),
  ),
};

/** Queries of decisions, which name a principal. */
const PRINCIPALS = (ids: Ids): readonly Readonly<Record<string, string>>[] => [
  { principal_type: "user", principal_id: ids.user_id, scope: "users.read" },
  { principal_type: "admin_key", principal_id: ids.admin_key_id, scope: "users.read" },
  { principal_type: "api_key", principal_id: ids.api_key_id, scope: "generate" },
  {
    principal_type: "service_account",
    principal_id: ids.service_account_id,
    project_id: OWN.project_id,
    scope: "read",
  },
  { principal_type: "user", principal_id: OWN.user_id, project_id: ids.project_id, scope: "users.read" },
];

describe("ids of another organisation", () => {
  const ends: (() => unknown)[] = [];
  let control: Awaited<ReturnType<typeof startControl>>;

  beforeAll(async () => {
    control = await startControl((end) => void ends.unshift(end));
    await control.seed("org-a", ...ownObjects("owner"));
    await control.seed("org-b", ...foreignObjects());
  });
  afterAll(async () => {
    for (const end of ends) await end();
  });

  /** Status and text of a response, with the ids that nobody has in place of the foreign ones, and no times and ids of decisions. */
  async function sent(method: ControlOperation["method"], path: string, query: ControlRequest["query"], body?: object) {
    control.clock.ms = 1_790_000_000_000;
    const text = body === undefined ? "" : JSON.stringify(body);
    const response = await control.send({ method, path, query, body: text }, "org-a", "user-caller");
    const masked = Object.values(FOREIGN).reduce(
      (now, id) => now.replaceAll(id, absent(id)),
      JSON.stringify(response.body),
    );
    return { status: response.status, text: masked.replaceAll(/dec_\w+/g, "dec_") };
  }

  /** All items that are the other organisation's. The caller's own has events of what was refused. */
  async function foreignItems(): Promise<readonly string[]> {
    const found: string[] = [];
    for (const TableName of ["sluice-dev-control", "sluice-dev-keys"])
      for await (const { Items = [] } of paginateScan({ client: control.document }, { TableName }))
        found.push(
          ...Items.filter(({ organizationId: of }) => !/^(org-a$|\*refusals)/.test(String(of)))
            .map((item) => JSON.stringify(item))
            .filter((text) => /foreign|fffff|org-b/.test(text)),
        );
    return found.sort();
  }

  // documented: foreign-ids-in-bodies
  test.each(Object.entries(BODIES))("are in a body as ids that nobody has: %s", async (_, of) => {
    const before = await foreignItems();
    const [[method, path, foreign], [, , none]] = [of(FOREIGN), of(ABSENT)];
    const others = await sent(method, path, {}, foreign);
    expect(others).toEqual(await sent(method, path, {}, none));
    expect([400, 404]).toContain(others.status);
    expect(await foreignItems()).toEqual(before);
  });

  test("are in a query for a decision as ids that nobody has", async () => {
    const path = CONTROL_OPERATIONS.retrieveAccessDecision.path;
    for (const [index, foreign] of PRINCIPALS(FOREIGN).entries()) {
      const listed = (query: object) =>
        Object.fromEntries(Object.entries(query).map(([name, value]) => [name, [value]]));
      const others = await sent("GET", path, listed(foreign));
      expect(others, JSON.stringify(foreign)).toEqual(await sent("GET", path, listed(PRINCIPALS(ABSENT)[index] ?? {})));
      expect(others.status, JSON.stringify(foreign)).toBe(404);
    }
  });

  const lists = Object.entries<ControlOperation>(CONTROL_OPERATIONS).filter(
    ([, { method, query }]) => method === "GET" && query instanceof z.ZodObject && "after" in query.shape,
  );
  test.each(lists)("begin a page of %s as ids that nobody has", async (_, operation) => {
    const path = [...operation.path.matchAll(/\{(\w+)\}/g)].reduce(
      (text, [hole, name]) => text.replace(hole, OWN[name as keyof Ids]),
      operation.path as string,
    );
    for (const [name, id] of Object.entries(FOREIGN)) {
      const others = await sent(operation.method, path, { after: [id] });
      expect(others, name).toEqual(await sent(operation.method, path, { after: [absent(id)] }));
      expect(others.text, name).not.toMatch(/foreign|org-b/);
    }
  });
});
