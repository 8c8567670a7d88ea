import { expect } from "vitest";
import { SCIM } from "../../contracts/scim/schemas.ts";
import { type IssuerKey, newKey, startIssuer } from "../../lambdas/exchange-token/test/local-issuer.ts";
import { personExchange } from "./person-exchange.ts";

type Fields = Record<string, unknown>;
/** A resource, a list or an error of SCIM. */
export type ScimBody = Fields & { id: string; Resources: (Fields & { id: string })[]; members?: Fields[] };

const CLIENT = "sluice-cli";
let signing: IssuerKey | undefined;

/** A PATCH of RFC 7644, section 3.5.2. */
export const patch = (...Operations: readonly object[]) => ({ schemas: [SCIM.patch], Operations });
/** A query with a filter. */
export const filter = (text: string) => `?filter=${encodeURIComponent(text)}`;

/**
 * An organisation with a project whose people are provisioned by an identity provider, and sign in at its issuer. Each response of
 * SCIM is checked for the form that RFC 7644 demands.
 */
export async function identityProvider() {
  signing ??= newKey("first");
  const issuer = await startIssuer([signing]);
  const server = await personExchange({ issuer: issuer.issuer, clientId: CLIENT });
  const as = (key: string) => async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${server.url.replace(/\/v1$/, "/scim/v2")}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, "content-type": "application/scim+json; charset=utf-8" },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const { status, headers } = response;
    const parsed = (text === "" ? undefined : JSON.parse(text)) as ScimBody;
    if (parsed === undefined) expect(status).toBe(204);
    else checkForm(status, headers, parsed);
    return { status, headers, body: parsed, text };
  };
  let tokens = 0;
  /** Exchanges a new ID token of a person. */
  const signIn = (email: string, fields: Readonly<Record<string, string>> = {}) => {
    const now = Math.floor(server.clock.ms / 1000);
    const claims = { sub: email, aud: CLIENT, email, email_verified: true, jti: String(tokens++) };
    return server.exchange(issuer.token({ ...claims, iat: now, nbf: now, exp: now + 3600 }), fields);
  };
  /** The key for models that a person gets now. */
  const keyOf = async (email: string) => {
    const { status, body } = await signIn(email);
    expect([status, body.error_description]).toEqual([200, undefined]);
    return String(body.access_token);
  };
  const scim = as(server.secret);
  /** Makes a user. @returns the id */
  const assigned = async (name: string, more: object = {}) => {
    const { status, body } = await scim("POST", "/Users", {
      schemas: [SCIM.user],
      userName: `${name}@example.com`,
      ...more,
    });
    expect(status).toBe(201);
    return body.id;
  };
  /** Puts a group into the project, whose users get keys by it. */
  const intoProject = (groupId: string) =>
    server.organization.projects.groups.create(server.project.id, { group_id: groupId, role: "member" });
  const members = async (groupId: string) =>
    ((await scim("GET", `/Groups/${groupId}`)).body.members ?? []).map(({ value }) => String(value));
  return { ...server, as, scim, signIn, keyOf, assigned, intoProject, members };
}

function checkForm(status: number, headers: Headers, body: ScimBody): void {
  expect(headers.get("content-type")).toBe("application/scim+json");
  const [schema] = body.schemas as string[];
  if (status >= 400) {
    expect(body).toMatchObject({ schemas: [SCIM.error], status: String(status), detail: expect.any(String) });
    return;
  }
  if (schema === SCIM.list) {
    expect(body).toMatchObject({ totalResults: expect.any(Number), startIndex: expect.any(Number) });
    expect(body.itemsPerPage).toBe(body.Resources.length);
    return;
  }
  if (schema !== SCIM.user && schema !== SCIM.group) return;
  const resourceType = schema === SCIM.user ? "User" : "Group";
  expect(body.meta).toMatchObject({ resourceType, location: `/scim/v2/${resourceType}s/${body.id}` });
  if (status === 201) expect(headers.get("location")).toBe(`/scim/v2/${resourceType}s/${body.id}`);
}
