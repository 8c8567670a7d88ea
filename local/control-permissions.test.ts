import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { ControlOperation } from "../contracts/control/operations/operation.ts";
import { CONTROL_OPERATIONS } from "../contracts/control/operations/operations.ts";
import { ORGANIZATION_ROLES, PROJECT_ROLES } from "../domain/tenancy/roles.ts";
import { segmentKey } from "../domain/usage/segment-names.ts";
import type { ControlRequest, ControlResponse } from "../lambdas/administer/administer.ts";
import { FOREIGN, OWN } from "./test/control/object-ids.ts";
import { create, foreignObjects, member, ownObjects } from "./test/control/object-records.ts";
import { OPERATION_BODIES, SEGMENT, SEGMENT_CONTENT } from "./test/control/operation-bodies.ts";
import { restoredTables } from "./test/control/restored-tables.ts";
import { startControl } from "./test/control/started-control.ts";
import { storeChat } from "./test/stored-chat.ts";

const QUERIES: Readonly<Record<string, ControlRequest["query"]>> = {
  retrieveAccessDecision: { principal_type: ["user"], principal_id: ["user-caller"], scope: ["users.read"] },
};
/** Of an admin key with some of its owner's rights: other ones in the organisation than in projects. */
const KEY_SCOPES = new Set(["projects.read", "projects.write", "own_api_keys.read", "users.read", "admin_keys.write"]);
/** Of one that may not see projects. */
const BLIND_SCOPES = new Set(["api_keys.read", "audit_logs.read", "operator_keys.write", "own_usage.read"]);
const CALLERS = {
  owner: { scopes: ORGANIZATION_ROLES.owner.scopes, inProject: undefined },
  "owner-narrow-key": { scopes: KEY_SCOPES, inProject: undefined, keyScopes: KEY_SCOPES },
  "owner-blind-key": { scopes: BLIND_SCOPES, inProject: undefined, keyScopes: BLIND_SCOPES },
  reader: { scopes: ORGANIZATION_ROLES.reader.scopes, inProject: undefined },
  member: { scopes: ORGANIZATION_ROLES.member.scopes, inProject: undefined },
  "member-in-project": { scopes: ORGANIZATION_ROLES.member.scopes, inProject: "member" },
  "project-owner": { scopes: ORGANIZATION_ROLES.reader.scopes, inProject: "owner" },
  "project-member": { scopes: ORGANIZATION_ROLES.reader.scopes, inProject: "member" },
} as const satisfies Readonly<Record<string, Caller>>;

interface Caller {
  readonly scopes: ReadonlySet<string>;
  readonly inProject: "owner" | "member" | undefined;
  readonly keyScopes?: ReadonlySet<string>;
}

describe.each(Object.entries<Caller>(CALLERS))("%s: who may do what in the control API", (name, caller) => {
  const owns = name.startsWith("owner") ? "owner" : name.startsWith("member") ? "member" : "reader";
  const ends: (() => unknown)[] = [];
  let control: Awaited<ReturnType<typeof startControl>>;
  let restore: () => Promise<void>;

  beforeAll(async () => {
    control = await startControl((end) => void ends.unshift(end));
    await control.seed("org-a", ...ownObjects(owns));
    if (caller.inProject) await control.seed("org-a", create(member(OWN.project_id, "user-caller", caller.inProject)));
    await control.seed("org-b", ...foreignObjects());
    for (const { chat_id: id, project_id: projectId } of [OWN, FOREIGN]) await storeChat(control, { id, projectId });
    await control.usageFiles.write(segmentKey(SEGMENT), SEGMENT_CONTENT);
    restore = await restoredTables(control.document);
  });
  afterEach(() => restore());
  afterAll(async () => {
    for (const end of ends) await end();
  });

  const cases = Object.entries<ControlOperation>(CONTROL_OPERATIONS).map(([id, operation]) => ({
    id,
    operation,
    name,
  }));

  // documented: control-api-roles
  test.each(cases)("$id is for $name what the roles say, and foreign ids are not found", async ({ id, operation }) => {
    // A key of one's own needs a membership beside the scope.
    if (id === "createProjectApiKey" && owns === "owner")
      await control.seed("org-a", create(member(OWN.project_id, "user-caller", "member")));
    const parameters = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter as keyof typeof OWN);
    const sendWith = (ids: typeof OWN): Promise<ControlResponse> => {
      const path = parameters.reduce((text, one) => text.replace(`{${one}}`, ids[one]), operation.path as string);
      const body = OPERATION_BODIES[id] === undefined ? "" : JSON.stringify(OPERATION_BODIES[id]);
      const query: ControlRequest["query"] =
        QUERIES[id] ?? (operation.scope === "usage.read" ? { start_time: ["1"] } : {});
      return control.send({ method: operation.method, path, query, body }, "org-a", "user-caller", caller.keyScopes);
    };
    for (const parameter of parameters)
      expect(await sendWith({ ...OWN, [parameter]: FOREIGN[parameter] })).toMatchObject({
        status: 404,
        body: { error: { code: "not_found" } },
      });
    const isOfProject = parameters.includes("project_id");
    const permits = (scope: string) =>
      caller.scopes.has(scope) ||
      (isOfProject &&
        caller.inProject !== undefined &&
        (PROJECT_ROLES[caller.inProject].scopes as ReadonlySet<string>).has(scope));
    const isOwnOnly = !permits(operation.scope) && permits(operation.ownScope ?? "");
    const isHidden = isOfProject && !permits("projects.read") && !permits(operation.scope);
    const result = await sendWith(OWN);
    if (isHidden || (isOwnOnly && parameters.includes("api_key_id"))) {
      // The key is another's.
      expect(result).toMatchObject({ status: 404, body: { error: { code: "not_found" } } });
    } else if (permits(operation.scope) || isOwnOnly) {
      expect(result.status).toBe(200);
      expect(operation.response.safeParse(result.body).error).toBeUndefined();
    } else {
      const rule = caller.keyScopes === undefined ? "no-role-permits" : "key-scope";
      const message = expect.stringContaining(`${rule}:${operation.scope}`);
      const decision_id = expect.stringMatching(/^dec_/);
      expect(result).toMatchObject({
        status: 403,
        body: { error: { code: "permission_denied", message, decision_id } },
      });
    }
  });
});
