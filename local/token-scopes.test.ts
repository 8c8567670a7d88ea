import { describe, expect, test } from "vitest";
import type { AccessTokenSettings } from "../contracts/processes/access-tokens.ts";
import { authorize } from "../lambdas/authorize-request/authorize.ts";
import { tokenPlans } from "../lambdas/authorize-request/token-plans.ts";
import { ADA, CLIENT, tokenGateway } from "./test/token-gateway.ts";

const METHOD = "arn:aws:execute-api:us-east-1:123456789012:abc123/live/POST/v1/chat/completions";

/** What the authorizer says of each statement for a token. */
async function effects(token: string, settings: AccessTokenSettings): Promise<readonly string[]> {
  const options = {
    mode: "required",
    planKeys: { standard: "for-standard" },
    findKey: async () => undefined,
    tokens: tokenPlans(settings),
    wallClock: Date.now,
  } as const;
  const { policyDocument } = await authorize({ authorization: `Bearer ${token}`, methodArn: METHOD }, options);
  return policyDocument.Statement.map(({ Effect }) => Effect);
}

describe("the scopes of an access token", () => {
  // documented: access-token-scopes
  test.each([
    ["no scope claim", {}, 200, 200],
    ["scopes of the issuer alone", { scope: "openid email" }, 200, 200],
    ["generate", { scope: "openid generate" }, 200, 200],
    ["read", { scope: "read" }, 200, 403],
    ["read, in a list of the claim scp", { scp: ["read"] }, 200, 403],
    ["admin, which the member does not have", { scope: "admin" }, 200, 403],
    ["a claim of no known form", { scope: { generate: true } }, 403, 403],
  ])("narrow what a member may read and generate: %s", async (_, claims, reads, generates) => {
    const { join, token, send, list, settings } = await tokenGateway();
    await join();
    const text = token(claims);
    expect([await list(text), (await send(text)).status]).toEqual([reads, generates]);
    // The same token again, whose rights are known now.
    expect([await list(text), (await send(text)).status]).toEqual([reads, generates]);
    expect(await effects(text, settings)).toEqual(reads === 403 ? ["Deny"] : ["Allow", "Deny"]);
  });

  test("never give a right that the user does not have: a person in no project stays refused", async () => {
    const { join, token, send, organization, project, clock } = await tokenGateway();
    const id = await join();
    await organization.projects.users.delete(id, { project_id: project.id });
    clock.ms += 5001;
    expect(await send(token({ scope: "generate admin read" }))).toMatchObject({ status: 403 });
  });

  test("count in a claim and with a prefix of one's own, and a token without one may do nothing where it is required", async () => {
    const scopes = { claim: "permissions", prefix: "sluice:", required: true };
    const { join, token, send, list, settings, rule } = await tokenGateway({ scopes });
    await join();
    const reading = token({ permissions: ["sluice:read", "generate"], scope: "sluice:generate" });
    expect([await list(reading), (await send(reading)).status]).toEqual([200, 403]);
    expect((await send(token({ permissions: "sluice:generate" }))).status).toBe(200);
    const none = token({ scope: "generate" });
    expect(await send(none)).toMatchObject({ status: 403, code: "permission_denied" });
    expect(rule()).toContain("scope");
    expect(await effects(none, settings)).toEqual(["Deny"]);
    expect(await effects(reading, settings)).toEqual(["Allow", "Deny"]);
  });

  test("do not make a token valid in the control API, which takes keys of its own alone", async () => {
    const { join, token, sdk } = await tokenGateway();
    await join();
    await expect(sdk(token({ scope: "admin" })).users.list()).rejects.toMatchObject({ status: 401 });
  });
});

describe("an access token in Cognito's form", () => {
  const cognito = (own: object = {}) => ({
    aud: undefined,
    email: undefined,
    email_verified: undefined,
    client_id: CLIENT,
    token_use: "access",
    username: "1",
    scope: "openid email",
    ...own,
  });

  // documented: access-token-cognito
  test("has no audience and no address, and is from the user who signed in with the issuer's id", async () => {
    const { join, token, send, settings } = await tokenGateway({ form: "cognito", audience: CLIENT });
    await join();
    await join("grace@acme.example", undefined, "2");
    expect((await send(token(cognito(), { typ: undefined }))).status).toBe(200);
    expect((await send(token(cognito({ sub: "2" })))).status).toBe(200);
    expect(await send(token(cognito({ sub: "3" })))).toMatchObject({ status: 401, code: "invalid_api_key" });
    expect(await effects(token(cognito()), settings)).toEqual(["Allow", "Deny"]);
  });

  test("of another client, an ID token, and one without its mark are refused", async () => {
    const { join, token, send, rule } = await tokenGateway({ form: "cognito", audience: CLIENT });
    await join();
    const refused = async (claims: object) => {
      const { status } = await send(token(claims));
      return `${status} ${rule()}`;
    };
    expect(await refused(cognito({ client_id: "other" }))).toBe("401 token:nightly:audience");
    expect(await refused(cognito({ client_id: [CLIENT] }))).toBe("401 token:nightly:audience");
    expect(await refused(cognito({ token_use: "id" }))).toBe("401 token:claims.token_use");
    expect(await refused(cognito({ token_use: undefined }))).toBe("401 token:claims.token_use");
    expect(await refused({ aud: CLIENT, sub: "1", email: ADA, email_verified: true, token_use: "id" })).toBe(
      "401 token:nightly:audience",
    );
    expect(await refused(cognito({ sub: undefined }))).toBe("401 token:claims.email");
  });

  test("with an address counts by the address, which must be verified", async () => {
    const { join, token, send, rule } = await tokenGateway({ form: "cognito", audience: CLIENT });
    await join();
    expect((await send(token(cognito({ sub: "9", email: ADA, email_verified: true })))).status).toBe(200);
    expect((await send(token(cognito({ email: ADA, email_verified: false })))).status).toBe(401);
    expect(rule()).toBe("token:claims.email_verified");
  });

  test("ends with its user, and the issuer's id is the new user's who signs in with it afterwards", async () => {
    const { join, token, send, organization, clock } = await tokenGateway({ form: "cognito", audience: CLIENT });
    const first = await join();
    const ada = token(cognito());
    expect((await send(ada)).status).toBe(200);
    await organization.users.delete(first);
    clock.ms += 5001;
    expect((await send(ada)).code).toBe("invalid_api_key");
    const second = await join("ada@new.example");
    expect(second).not.toBe(first);
    clock.ms += 5001;
    expect((await send(ada)).status).toBe(200);
  });
});
