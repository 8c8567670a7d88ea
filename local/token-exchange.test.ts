import { describe, expect, test } from "vitest";
import { apiKeyId } from "../domain/keys/api-key.ts";
import { checkKey } from "../domain/keys/check-key.ts";
import { FAILURES_PER_MINUTE } from "../lambdas/exchange-token/serve.ts";
import { githubClaims, newKey, signToken, startIssuer } from "../lambdas/exchange-token/test/local-issuer.ts";
import { AUDIENCE, first, GRANT, policyFor, second, setUp, started } from "./test/exchange/exchange-setup.ts";
import { startOidcIssuer } from "./test/oidc-issuer.ts";
import { signIn } from "./test/oidc-sign-in.ts";

describe("a token exchange", () => {
  test("a job of GitHub Actions gets a key that the gateway accepts, for the policy's models alone", async () => {
    const { issuer, send, keyStore, lines, item } = await started({ models: ["tiny"] });
    const { status, headers, body } = await send({ token: issuer.token(githubClaims("acme/app")) });
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        access_token: expect.stringMatching(/^sk-sl-/),
        issued_token_type: "urn:ietf:params:oauth:token-type:access_token",
        token_type: "Bearer",
        expires_in: expect.any(Number),
        scope: "generate",
      },
    });
    expect(headers).toMatchObject({ "cache-control": ["no-store"], "x-request-id": ["request-1"] });
    const keyId = apiKeyId(body.access_token) ?? "";
    const key = await keyStore.get(keyId);
    expect(checkKey(body.access_token, key, { scope: "generate", model: "tiny" }, Date.now())).toBeUndefined();
    expect(checkKey(body.access_token, key, { model: "other" }, Date.now())).toBe("model");
    expect(checkKey(body.access_token, key, { scope: "admin" }, Date.now())).toBe("scope");
    const subject = "repo:acme/app:ref:refs/heads/main";
    expect(lines).toEqual([
      expect.objectContaining({ msg: "workload key issued", workload: "nightly", subject, keyId }),
    ]);
    expect(await item(keyId)).toMatchObject({ owner: { type: "service_account", id: "nightly" } });
  });

  // documented: person-id-token-exchange
  test("a person who signs in with PKCE at an OpenID provider gets a key for the ID token, and none by another domain's policy", async () => {
    const oidc = await startOidcIssuer("acme.example");
    const forDomain = (hd: string) => setUp([policyFor(oidc, { audience: oidc.clientId, claims: { hd } })]);
    const [own, other] = [await forDomain("acme.example"), await forDomain("other.example")];
    const token = await signIn(oidc, "ada");
    const { status, body } = await own.send({ token });
    expect(status).toBe(200);
    const key = await own.keyStore.get(apiKeyId(body.access_token) ?? "");
    expect(checkKey(body.access_token, key, { scope: "generate" }, Date.now())).toBeUndefined();
    expect(own.lines.at(-1)).toMatchObject({ subject: "ada", issuer: oidc.issuer });
    expect((await own.send({ token })).status).toBe(400);
    expect(await other.send({ token: await signIn(oidc, "ada") })).toMatchObject({ status: 400 });
    expect(other.lines.at(-1)).toMatchObject({ rule: "nightly: claims.hd" });
  });

  test("the key lives 15 minutes at most and never longer than its token, and is deleted after it", async () => {
    const { issuer, send, clock, item } = await started();
    const wallMs = 1_000_000_000_000;
    clock.wallMs = wallMs;
    const at = { iat: 1_000_000_000, nbf: 1_000_000_000 };
    const life = async (exp: number) => {
      const { body } = await send({ token: issuer.token({ ...githubClaims("acme/app"), ...at, exp }) });
      const { expiresAt = "", expireAt = 0 } = (await item(apiKeyId(body.access_token) ?? "")) ?? {};
      return [body.expires_in, (Date.parse(expiresAt) - wallMs) / 1000, expireAt - 1_000_000_000];
    };
    expect(await life(1_000_003_600)).toEqual([900, 900, 4500]);
    expect(await life(1_000_000_100)).toEqual([100, 100, 3700]);
  });

  test("JSON as OpenAI's clients send it is accepted, and names policy and issuer", async () => {
    const issuer = await startIssuer([first]);
    const policies = [policyFor(issuer), policyFor(issuer, { name: "reader", scopes: ["read"] })];
    const { send } = await setUp(policies);
    const sent = (own: object) => {
      const fields = { grant_type: GRANT, subject_token_type: "urn:ietf:params:oauth:token-type:id_token" };
      const subject_token = issuer.token(githubClaims("acme/app"));
      const body = JSON.stringify({ ...fields, subject_token, client_id: "c", ...own });
      return send({ token: "", contentType: "application/json; charset=utf-8", body });
    };
    const named = await sent({ service_account_id: "reader", identity_provider_id: issuer.issuer });
    expect(named.body).toMatchObject({ scope: "read" });
    expect((await sent({})).body).toMatchObject({ scope: "generate" });
    expect((await sent({ service_account_id: "none" })).body.error).toBe("invalid_grant");
    expect((await sent({ identity_provider_id: "https://other.example" })).body.error).toBe("invalid_grant");
  });

  test("a request may have fewer scopes than the policy, and no other", async () => {
    const { issuer, send } = await started({ scopes: ["generate", "read"] });
    const token = () => issuer.token(githubClaims("acme/app"));
    expect((await send({ token: token(), fields: { scope: "read" } })).body.scope).toBe("read");
    const refused = await send({ token: token(), fields: { scope: "read admin" } });
    expect([refused.status, refused.body.error]).toEqual([400, "invalid_scope"]);
  });

  test.each(["ES256", "EdDSA"] as const)("tokens signed with %s are accepted", async (alg) => {
    const { issuer, send } = await started();
    issuer.keys = [newKey("other-kind", alg)];
    expect((await send({ token: issuer.token(githubClaims("acme/app")) })).status).toBe(200);
  });
});

describe("a token that was exchanged before", () => {
  // documented: workload-token-replay
  test("is refused until it expires, of two at once one is accepted, and no second key is stored", async () => {
    const { issuer, send, items, lines } = await started();
    const token = issuer.token(githubClaims("acme/app"));
    const responses = await Promise.all([send({ token }), send({ token }), send({ token })]);
    expect(responses.map(({ status }) => status).sort()).toEqual([200, 400, 400]);
    const again = await send({ token });
    expect(again.body).toMatchObject({ error: "invalid_grant", error_description: /exchanged before/ });
    expect((await items()).filter(({ restrictedHash }) => restrictedHash !== undefined)).toHaveLength(1);
    expect(lines.filter(({ rule }) => rule === "nightly: reuse")).toHaveLength(3);
  });

  test("is refused with another signature of the same content too", async () => {
    const { issuer, send } = await started();
    issuer.keys = [newKey("curve", "ES256")];
    const token = issuer.token(githubClaims("acme/app"));
    const [head, body] = token.split(".");
    expect((await send({ token })).status).toBe(200);
    // ECDSA signs with a random number: the same content has many signatures.
    const claims = JSON.parse(Buffer.from(body ?? "", "base64url").toString());
    const twin = signToken(issuer.keys[0]!, claims);
    expect(twin.split(".").slice(0, 2)).toEqual([head, body]);
    expect(twin).not.toBe(token);
    expect((await send({ token: twin })).status).toBe(400);
  });

  test("is accepted where the policy allows it, each time with another key", async () => {
    const { issuer, send } = await started({ reuse: "allowed" });
    const token = issuer.token(githubClaims("acme/app"));
    const [one, two] = [await send({ token }), await send({ token })];
    expect([one.status, two.status]).toEqual([200, 200]);
    expect(one.body.access_token).not.toBe(two.body.access_token);
  });
});

describe("two tenants with issuers of their own", () => {
  async function tenants() {
    const [acme, other] = [await startIssuer([first]), await startIssuer([second])];
    const set = await setUp([
      policyFor(acme, { name: "acme", projectId: "acme" }),
      policyFor(other, { name: "other", projectId: "other", claims: { sub: "*:other" } }),
    ]);
    return { acme, other, ...set };
  }

  test("one's issuer can't sign in as the other's workload, whatever claims it signs", async () => {
    const { acme, other, send, lines } = await tenants();
    const claims = githubClaims("acme/app");
    const ownKey = () => other.token(claims);
    expect((await send({ token: ownKey() })).body.error).toBe("invalid_grant");
    expect((await send({ token: ownKey(), fields: { service_account_id: "acme" } })).body.error).toBe("invalid_grant");
    const forged = other.token({ ...claims, iss: acme.issuer });
    expect((await send({ token: forged })).body.error).toBe("invalid_grant");
    const renamed = signToken({ ...second, kid: "first" }, { ...claims, iss: acme.issuer, exp: 2_000_000_000 });
    expect((await send({ token: renamed })).body.error).toBe("invalid_grant");
    expect(lines.map(({ rule }) => rule)).toEqual(["other: claims.sub", "workload", "key", "signature"]);
  });

  test("each gets keys of its own project", async () => {
    const { other, send, item } = await tenants();
    const { body } = await send({ token: other.token({ sub: "job:other", aud: AUDIENCE }) });
    expect(await item(apiKeyId(body.access_token) ?? "")).toMatchObject({ projectId: "other" });
  });
});

describe("failed exchanges of an address", () => {
  // documented: workload-failures-throttled
  test("are refused with 429 after 30 in a minute, valid tokens too; other addresses and the next minute are not", async () => {
    const { issuer, send, clock } = await started();
    clock.wallMs = 1_000_000_040_000;
    const at = { iat: 1_000_000_000, nbf: 1_000_000_000, exp: 1_000_003_600 };
    const valid = () => issuer.token({ ...githubClaims("acme/app"), ...at });
    for (let index = 0; index < FAILURES_PER_MINUTE; index++) expect((await send({ token: "x" })).status).toBe(400);
    const refused = await send({ token: valid() });
    expect([refused.status, refused.headers["retry-after"]]).toEqual([429, ["40"]]);
    expect((await send({ token: valid(), address: "192.0.2.2" })).status).toBe(200);
    clock.wallMs += 40_000;
    expect((await send({ token: valid() })).status).toBe(200);
  });

  test("exchanges that succeed do not count", async () => {
    const { issuer, send, items } = await started();
    await send({ token: issuer.token(githubClaims("acme/app")) });
    expect((await items()).filter(({ kind }) => kind === "failed-exchanges")).toEqual([]);
  });
});
