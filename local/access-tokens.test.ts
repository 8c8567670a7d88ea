import { describe, expect, test } from "vitest";
import { authorize } from "../lambdas/authorize-request/authorize.ts";
import { tokenPlans } from "../lambdas/authorize-request/token-plans.ts";
import { githubClaims, hmacToken, newKey, signToken } from "../lambdas/exchange-token/test/local-issuer.ts";
import { eventually } from "../test-support/waits/eventually.ts";
import { ADA, API, CLIENT, tokenGateway } from "./test/token-gateway.ts";

describe("an access token in place of a key", () => {
  // documented: access-token-of-a-person
  test("of a member is accepted, is used as the user in the project, and makes the issuer's keys be read once", async () => {
    const { issuer, token, send, join, gateway, project } = await tokenGateway();
    const userId = await join();
    issuer.reads.length = 0;
    const ada = token();
    expect(await Promise.all([send(ada), send(ada), send(ada)])).toEqual(
      Array(3).fill({ status: 200, code: undefined, message: undefined }),
    );
    expect((await send(ada)).status).toBe(200);
    expect(issuer.reads).toEqual(["/.well-known/openid-configuration", "/keys"]);
    const id = `${userId}@${project.id}`;
    await eventually(() => expect(gateway.log().filter(({ keyId }) => keyId === id)).toHaveLength(4));
    expect(gateway.logText()).not.toContain(ada.split(".")[2]);
  });

  // documented: access-token-within-5-seconds
  test("of a user who is removed is refused within 5 s, and so is one of a member who leaves the project", async () => {
    const { token, send, join, clock, organization, project } = await tokenGateway();
    const [ada, grace] = [token(), token({ email: "grace@acme.example" })];
    const [adaId, graceId] = [await join(), await join("grace@acme.example")];
    expect([(await send(ada)).status, (await send(grace)).status]).toEqual([200, 200]);
    await organization.users.delete(adaId);
    await organization.projects.users.delete(graceId, { project_id: project.id });
    clock.ms += 5001;
    expect((await send(ada)).code).toBe("invalid_api_key");
    expect((await send(grace)).code).toBe("permission_denied");
  });

  test("of somebody who is no user is refused as a wrong key is", async () => {
    const { token, send, rule } = await tokenGateway();
    expect(await send(token())).toMatchObject({ status: 401, code: "invalid_api_key" });
    await eventually(() => expect(rule()).toBe("token:not-a-user"));
  });

  test("of a member of two projects needs OpenAI-Project, and a foreign project is refused as one that does not exist", async () => {
    const { token, send, join, organization, project } = await tokenGateway();
    const other = await organization.projects.create({ name: "chat" });
    const foreign = await organization.projects.create({ name: "foreign" });
    await join(ADA, [project.id, other.id]);
    const ada = token();
    expect(await send(ada)).toMatchObject({ status: 400, message: expect.stringContaining("OpenAI-Project") });
    expect((await send(ada, { "openai-project": other.id })).status).toBe(200);
    const refused = await send(ada, { "openai-project": foreign.id });
    expect(refused).toMatchObject({ status: 403, code: "permission_denied" });
    expect(await send(ada, { "openai-project": "proj_none" })).toEqual(refused);
    expect((await send(ada, { "openai-project": "x".repeat(101) })).status).toBe(400);
  });

  test("of a workload has the limits of its policy", async () => {
    const { issuer, send, rule } = await tokenGateway();
    const job = { ...githubClaims("acme/app"), aud: "https://jobs.example.com" };
    expect(await send(issuer.token(job))).toMatchObject({ status: 404, code: "model_not_found" });
    expect((await send(issuer.token({ ...job, repository: "evil/app" }))).code).toBe("invalid_api_key");
    await eventually(() => expect(rule()).toBe("token:nightly:claims.repository"));
  });

  // documented: access-token-hostile
  test("that is hostile is 401 in the dialect, whatever is wrong with it, and the log has the rule", async () => {
    const { issuer, claims, token, send, join, rule } = await tokenGateway();
    await join();
    const [key] = issuer.keys;
    const now = Math.floor(Date.now() / 1000);
    const whole = { iss: issuer.issuer, iat: now, exp: now + 300, ...claims() };
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const raw = (text: string) => Buffer.from(text).toString("base64url");
    const hostile: readonly (readonly [string, string])[] = [
      [`${part({ alg: "none" })}.${part(whole)}.`, "form"],
      [`${part({ alg: "none" })}.${part(whole)}.AAAA`, "algorithm"],
      [hmacToken(JSON.stringify(key?.jwk), whole, "first"), "algorithm"],
      [token({}, { typ: "dpop+jwt" }), "type"],
      [token({}, { crit: ["b64"], b64: false }), "critical-header"],
      [token({}, { kid: "unknown" }), "key"],
      [token({}, { kid: {} }), "form"],
      [signToken(newKey("first"), whole, { typ: "at+jwt" }), "signature"],
      [token({ exp: now - 1 }), "expiry"],
      [token({ exp: 1e300 }), "expiry"],
      [token({ nbf: now + 600 }), "not-before"],
      [token({ aud: CLIENT }), "nightly:audience"],
      [token({ aud: [CLIENT, API] }), "audience"],
      [token({ aud: [{}] }), "audience"],
      [token({ aud: undefined }), "nightly:audience"],
      [token({ email_verified: false }), "claims.email_verified"],
      [token({ email: { toString: 1 } }), "claims.email"],
      [token({ iss: "https://evil.example" }), "issuer"],
      [token({ iss: ["x"] }), "issuer"],
      [`eyJ${raw("[".repeat(3000))}.${raw("[".repeat(3000))}.AAAA`, "form"],
      [`${part({ alg: "RS256" })}.${raw(`{"iss":${"[".repeat(2500)}${"]".repeat(2500)}}`)}.AAAA`, "issuer"],
      [`${part({ alg: "RS256" })}.${raw('{"__proto__":{"iss":"x"}}')}.AAAA`, "issuer"],
      ["eyJ", "form"],
      [`eyJ${".".repeat(4000)}`, "form"],
    ];
    for (const [text, expected] of hostile) {
      expect(await send(text), expected).toMatchObject({ status: 401, code: "invalid_api_key" });
      await eventually(() => expect(rule(), text.slice(0, 60)).toBe(`token:${expected}`));
    }
    expect((await send(token())).status).toBe(200);
  });

  // documented: access-token-unknown-keys
  test("of unknown keys, thirty of them, makes the issuer's keys be read once more, and the address wait", async () => {
    const { issuer, token, send, join, clock } = await tokenGateway();
    await join();
    const ada = token();
    expect((await send(ada)).status).toBe(200);
    issuer.reads.length = 0;
    clock.ms += 30_000;
    for (let index = 0; index < 30; index++) expect((await send(token({}, { kid: `k${index}` }))).status).toBe(401);
    expect(issuer.reads).toEqual(["/.well-known/openid-configuration", "/keys"]);
    expect(await send(token({}, { kid: "k30" }))).toMatchObject({ status: 429, code: "rate_limit_exceeded" });
    expect((await send(ada)).status).toBe(200);
  });

  test("is 503 while the issuer's keys can't be read, and one that was verified before goes on", async () => {
    const { issuer, token, send, join, clock } = await tokenGateway();
    await join();
    issuer.respond = () => ({ status: 500, body: "" });
    expect(await send(token())).toMatchObject({ status: 503, code: "auth_unavailable" });
    issuer.respond = undefined;
    const ada = token();
    expect((await send(ada)).status).toBe(200);
    issuer.respond = () => ({ status: 500, body: "" });
    clock.ms += 4000;
    expect((await send(ada)).status).toBe(200);
  });

  test("is on the plan of people at API Gateway, and Unauthorized there where it is not valid", async () => {
    const { token, settings, issuer } = await tokenGateway();
    const options = {
      mode: "required",
      planKeys: { standard: "for-standard" },
      findKey: async () => undefined,
      tokens: tokenPlans(settings),
      wallClock: Date.now,
    } as const;
    const methodArn = "arn:aws:execute-api:us-east-1:123456789012:abc123/live/POST/v1/chat/completions";
    const check = (text: string) => authorize({ authorization: `Bearer ${text}`, methodArn }, options);
    const allowed = await check(token());
    expect(allowed).toMatchObject({ principalId: "person", usageIdentifierKey: "for-standard" });
    expect(allowed.policyDocument.Statement.map(({ Effect }) => Effect)).toEqual(["Allow", "Deny"]);
    for (const text of [token({ aud: CLIENT }), token({}, { crit: ["x"] }), "eyJ"])
      await expect(check(text)).rejects.toThrow(/^Unauthorized$/);
    issuer.respond = () => ({ status: 500, body: "" });
    const other = { ...options, tokens: tokenPlans(settings) };
    await expect(authorize({ authorization: `Bearer ${token()}`, methodArn }, other)).rejects.toThrow(/can't be read/);
  });
});
