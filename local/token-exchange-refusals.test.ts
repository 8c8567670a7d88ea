import { generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import {
  githubClaims,
  hmacToken,
  type LocalIssuer,
  newKey,
  signToken,
} from "../lambdas/exchange-token/test/local-issuer.ts";
import { AUDIENCE, first, JWT, type Sent, second, started } from "./test/exchange/exchange-setup.ts";

describe("refused", () => {
  const seconds = () => Math.floor(Date.now() / 1000);
  const claims = () => githubClaims("acme/app");

  test.each<[string, string, (issuer: LocalIssuer) => string]>([
    ["what is no token", "form", () => "abc"],
    ["an encrypted token", "form", () => "aaaa.bbbb.cccccccc.dddd.eeee"],
    ["a token of another use", "type", (issuer) => issuer.token(claims(), { typ: "dpop+jwt" })],
    ["a token with a critical extension", "critical-header", (issuer) => issuer.token(claims(), { crit: ["b64"] })],
    [
      "an unsigned token",
      "form",
      (issuer) => `${issuer.token(claims(), { alg: "none" }).split(".").slice(0, 2).join(".")}.`,
    ],
    ["a token that says it has no algorithm", "algorithm", (issuer) => issuer.token(claims(), { alg: "none" })],
    [
      "an HMAC with the public key",
      "algorithm",
      (issuer) =>
        hmacToken(JSON.stringify(first.jwk), { ...claims(), iss: issuer.issuer, exp: seconds() + 60 }, "first"),
    ],
    [
      "an algorithm that is a method of every object",
      "algorithm",
      (issuer) => issuer.token(claims(), { alg: "constructor" }),
    ],
    ["another algorithm than the key's", "key", (issuer) => issuer.token(claims(), { alg: "PS256" })],
    ["an unknown key", "key", (issuer) => issuer.token(claims(), { kid: "third" })],
    [
      "another key under the issuer's name for it",
      "signature",
      (issuer) => signToken({ ...second, kid: "first" }, { ...claims(), iss: issuer.issuer, exp: seconds() + 60 }),
    ],
    [
      "changed claims",
      "signature",
      (issuer) => {
        const [head, , signature] = issuer.token(claims()).split(".");
        const changed = { ...claims(), iss: issuer.issuer, exp: seconds() + 60, sub: "repo:acme/admin" };
        return [head, Buffer.from(JSON.stringify(changed)).toString("base64url"), signature].join(".");
      },
    ],
    ["an expired token", "expiry", (issuer) => issuer.token({ ...claims(), exp: seconds() - 1 })],
    ["a token without an expiry", "expiry", (issuer) => issuer.token({ ...claims(), exp: undefined })],
    ["an expiry that is no time", "expiry", (issuer) => issuer.token({ ...claims(), exp: 1e300 })],
    ["a token for later", "not-before", (issuer) => issuer.token({ ...claims(), nbf: seconds() + 60 })],
    ["a token of the future", "issued-at", (issuer) => issuer.token({ ...claims(), iat: seconds() + 60 })],
    ["a token without an issuer", "issuer", (issuer) => issuer.token({ ...claims(), iss: undefined })],
    ["an issuer without a policy", "issuer", (issuer) => issuer.token({ ...claims(), iss: "https://evil.example" })],
    ["another audience", "nightly: audience", (issuer) => issuer.token({ ...claims(), aud: "sts.amazonaws.com" })],
    ["another repository", "nightly: claims.sub", (issuer) => issuer.token(githubClaims("acme-evil/app"))],
    ["another branch", "nightly: claims.ref", (issuer) => issuer.token(githubClaims("acme/app", "refs/heads/x"))],
  ])("%s, by the rule %s", async (_, rule, make) => {
    const { issuer, send, lines, items } = await started();
    const token = make(issuer);
    const { status, body } = await send({ token });
    expect([status, body.error]).toEqual([400, "invalid_grant"]);
    expect(lines).toEqual([expect.objectContaining({ msg: "token exchange refused", rule, error: "invalid_grant" })]);
    // Neither the token nor what a policy wants is in the response or the log.
    for (const secret of [token.split(".")[2] || "\0", "refs/heads/main", AUDIENCE])
      expect(JSON.stringify([body, lines.map(({ subject: _subject, ...line }) => line)])).not.toContain(secret);
    expect((await items()).filter(({ kind }) => kind !== "failed-exchanges")).toEqual([]);
  });

  test("clocks may differ by 30 s", async () => {
    const { issuer, send } = await started();
    const token = issuer.token({ ...claims(), iat: seconds() + 25, nbf: seconds() + 25 });
    expect((await send({ token })).status).toBe(200);
  });

  test("a short RSA key", async () => {
    const { issuer, send, lines } = await started();
    issuer.keys = [newKey("short", "RS256", 1024)];
    await send({ token: issuer.token(claims()) });
    expect(lines).toMatchObject([{ rule: "signature" }]);
  });

  test("a token without a key's name, where two keys fit", async () => {
    const { issuer, send, lines } = await started();
    issuer.keys = [first, second];
    await send({ token: issuer.token(claims(), { kid: undefined }) });
    expect(lines).toMatchObject([{ rule: "key" }]);
    issuer.keys = [first];
  });

  test("a key that is for encryption", async () => {
    const { issuer, send, lines } = await started();
    issuer.keys = [{ ...first, jwk: { ...first.jwk, use: "enc" } }];
    await send({ token: issuer.token(claims()) });
    expect(lines).toMatchObject([{ rule: "key" }]);
  });

  test("an RSA key where the algorithm is one of curves, and the other way round", async () => {
    const { issuer, send } = await started();
    const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    issuer.keys = [{ ...first, jwk: { ...publicKey.export({ format: "jwk" }), kid: "first" } }];
    expect((await send({ token: issuer.token(claims()) })).status).toBe(400);
    expect((await send({ token: issuer.token(claims(), { alg: "ES256" }) })).status).toBe(400);
  });

  test.each<[string, Partial<Sent>, string]>([
    ["another grant", { fields: { grant_type: "client_credentials" } }, "unsupported_grant_type"],
    [
      "an opaque token",
      { fields: { subject_token_type: "urn:ietf:params:oauth:token-type:saml2" } },
      "invalid_request",
    ],
    ["another kind of token", { fields: { requested_token_type: JWT } }, "invalid_request"],
    ["a delegation", { fields: { actor_token: "x" } }, "invalid_request"],
    ["an empty body", { body: "" }, "invalid_request"],
    ["a field that is there twice", { body: "grant_type=a&grant_type=b" }, "invalid_request"],
    ["another media type", { contentType: "text/plain" }, "invalid_request"],
    ["JSON that is none", { contentType: "application/json", body: "{" }, "invalid_request"],
    ["numbers in JSON", { contentType: "application/json", body: '{"grant_type":1}' }, "invalid_request"],
    ["a body of 50 KB", { body: "x".repeat(50_000) }, "invalid_request"],
  ])("%s is %s", async (_, sent, error) => {
    const { issuer, send } = await started();
    const { status, body } = await send({ token: issuer.token(claims()), ...sent });
    expect([status, body.error]).toEqual([400, error]);
  });

  test("another method than POST is 405", async () => {
    const { send } = await started();
    expect((await send({ token: "", method: "GET" })).status).toBe(405);
  });
});
