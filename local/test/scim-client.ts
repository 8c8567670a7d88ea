import { expect } from "vitest";
import { SCIM } from "../../contracts/scim/schemas.ts";
import { newAdminKey } from "../../domain/keys/admin-key.ts";
import { firstAdminKey } from "../../domain/tenancy/first-admin-key.ts";
import { controlServer } from "./control-server.ts";

export type Fields = Record<string, unknown>;

/** A client of an identity provider: the owner's admin key, and requests as Okta and Entra send them. */
export async function scimClient() {
  const server = await controlServer();
  const secret = await server.owner("org-a");
  const as = (key: string) => async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${server.url.replace(/\/v1$/, "/scim/v2")}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, "content-type": "application/scim+json" },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, type: response.headers.get("content-type"), body: json(text) };
  };
  /** An admin key of a user. */
  const keyOf = async (userId: string) => {
    const made = newAdminKey();
    const none = { organization: undefined, email: undefined, user: undefined, invite: undefined };
    const request = { organizationId: "org-a", email: "x@example.com", name: "own", nowMs: server.clock.ms };
    const changes = firstAdminKey(none, request, made).changes.flatMap((one) => {
      if (one.action !== "create") return [];
      if (one.record.kind === "adminKey") return [{ ...one, record: { ...one.record, ownerId: userId } }];
      return one.record.kind === "adminKeyIndex" ? [one] : [];
    });
    expect(changes.length).toBe(2);
    expect(await server.store.write("org-a", changes)).toBe(true);
    return made.secret;
  };
  return { ...server, as, keyOf, scim: as(secret), organization: server.sdk(secret), secret };
}
const json = (text: string) =>
  (text === "" ? undefined : JSON.parse(text)) as Fields & { id: string; Resources: Fields[] };

/** A user as Okta sends one. */
export const ann = {
  schemas: [SCIM.user],
  userName: "Ann@Example.com",
  externalId: "00u1",
  name: { givenName: "Ann", familyName: "Lee" },
  emails: [{ primary: true, value: "ann@example.com", type: "work" }],
  displayName: "Ann Lee",
  locale: "en-US",
  groups: [],
  active: true,
};
