import { expect, onTestFinished, test } from "vitest";
import type { ControlOperation } from "../contracts/control/operations/operation.ts";
import { CONTROL_OPERATIONS } from "../contracts/control/operations/operations.ts";
import { ControlScope } from "../contracts/control/scopes.ts";
import { Session } from "../contracts/sign-in/session.ts";
import { ORGANIZATION_ROLES } from "../domain/tenancy/roles.ts";
import { startLocalIssuer } from "./issuer/local-issuer.ts";
import { signInCode } from "./test/oidc-sign-in.ts";
import { personExchange } from "./test/person-exchange.ts";

const ADA = "ada@example.com";
const CLIENT = "sluice";

async function signedIn() {
  const redirectUri = "http://127.0.0.1:1/login";
  const issuer = await startLocalIssuer(CLIENT, { redirectUris: [redirectUri] });
  onTestFinished(() => issuer.close());
  const exchange = await personExchange({ issuer: issuer.url, clientId: CLIENT }, [], Date.now());
  const { session, organization, project, url, secret } = exchange;
  await organization.invites.create({
    email: ADA,
    role: "reader",
    projects: [{ id: project.id, role: "owner" }],
  });
  const code = await signInCode({ issuer: issuer.url, clientId: CLIENT, redirectUri }, ADA);
  const { body, cookie } = await session("POST", "/session", code);
  const first = Session.parse(body);
  const refreshed = async () =>
    Session.parse((await session("POST", "/session/refresh", {}, { cookie: cookie.split(";")[0] ?? "" })).body);
  const status = async (key: string, method: string, path: string) => {
    const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
    const response = await fetch(`${url}${path}`, { method, headers, ...(method === "POST" ? { body: "{}" } : {}) });
    await response.body?.cancel();
    return response.status;
  };
  /** What the control API decides of the person, by its own operation. */
  const decisions = async () => {
    const permitted: string[] = [];
    for (const scope of ControlScope.options) {
      const query = new URLSearchParams({ principal_type: "user", principal_id: first.user.id, scope });
      const headers = { authorization: `Bearer ${secret}` };
      const decision = await (await fetch(`${url}/organization/access_decisions?${query}`, { headers })).json();
      if ((decision as { outcome: string }).outcome === "allowed") permitted.push(scope);
    }
    return permitted.toSorted();
  };
  return { first, refreshed, status, decisions, ...exchange };
}

/** Those that need no object. */
const OPERATIONS = Object.values<ControlOperation>(CONTROL_OPERATIONS).filter(({ path }) => !path.includes("{"));

// documented: session-permissions
test("a session has exactly the permissions that the control API grants in the organisation, for every role", async () => {
  const { first, refreshed, status, decisions, organization } = await signedIn();
  const { id } = first.user;
  expect(OPERATIONS.length).toBeGreaterThan(20);
  const held = async () => {
    const { permissions = [], control: key } = await refreshed();
    expect(permissions).toEqual(await decisions());
    for (const { method, path, scope, ownScope } of OPERATIONS) {
      const isPermitted = permissions.includes(scope) || permissions.includes(ownScope ?? "");
      const found = await status(key.key, method, path.slice("/v1".length));
      expect([method, path, found === 403]).toEqual([method, path, !isPermitted]);
    }
    return permissions;
  };
  expect(first.permissions).toEqual([...ORGANIZATION_ROLES.reader.scopes].toSorted());
  expect(await held()).toEqual(first.permissions);
  await organization.users.update(id, { role: "member" });
  const own = [...ORGANIZATION_ROLES.member.scopes];
  expect(await held()).toEqual(own.toSorted());

  const role = await organization.roles.create({ role_name: "on-call", permissions: ["service_logs.read"] });
  await organization.users.roles.create(id, { role_id: role.id });
  const group = await organization.groups.create({ name: "operators" });
  const byGroup = await organization.roles.create({ role_name: "operators", permissions: ["operator_keys.write"] });
  await organization.groups.roles.create(group.id, { role_id: byGroup.id });
  await organization.groups.users.create(group.id, { user_id: id });
  expect(await held()).toEqual([...own, "operator_keys.write", "service_logs.read"].toSorted());
  await organization.groups.users.delete(id, { group_id: group.id });
  await organization.roles.delete(role.id);
  expect((await refreshed()).permissions).toEqual(own.toSorted());

  await organization.users.update(id, { role: "owner" });
  expect((await refreshed()).permissions).toEqual([...ControlScope.options].toSorted());
  expect(await decisions()).toEqual([...ControlScope.options].toSorted());
});
