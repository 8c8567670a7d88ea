import { generateKeyPairSync } from "node:crypto";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import type { WorkloadPolicy } from "../contracts/processes/workloads.ts";
import { IssuerKeys } from "../domain/issuers/issuer-keys.ts";
import { apiKeyId } from "../domain/keys/api-key.ts";
import { checkKey } from "../domain/keys/check-key.ts";
import { DynamoKeyStore } from "../gateway/keys/dynamo-key-store.ts";
import { ExchangeStore } from "../lambdas/exchange-token/exchange-store.ts";
import { requestOf } from "../lambdas/exchange-token/received-request.ts";
import { FAILURES_PER_MINUTE, serve } from "../lambdas/exchange-token/serve.ts";
import {
  githubClaims,
  hmacToken,
  type IssuerKey,
  type LocalIssuer,
  newKey,
  signToken,
  startIssuer,
} from "../lambdas/exchange-token/test/local-issuer.ts";
import { fetchDocument } from "../lib/http/fetch-document.ts";
import { bind } from "./http/server.ts";
import { LOCAL_CREDENTIALS } from "./runtime/aws-environment.ts";
import { LocalDynamoDb } from "./services/dynamodb/local-dynamodb.ts";
import { startOidcIssuer } from "./test/oidc-issuer.ts";
import { signIn } from "./test/oidc-sign-in.ts";

const TABLE = "keys";
const GRANT = "urn:ietf:params:oauth:grant-type:token-exchange";
const JWT = "urn:ietf:params:oauth:token-type:jwt";
const AUDIENCE = "https://api.example.com";

let first: IssuerKey;
let second: IssuerKey;
beforeEach(() => {
  first ??= newKey("first");
  second ??= newKey("second");
});

interface Sent {
  readonly token: string;
  readonly fields?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly contentType?: string;
  readonly address?: string;
  readonly method?: string;
}

/** The exchange as the function serves it, with its table in the local DynamoDB. */
async function setUp(workloads: readonly WorkloadPolicy[]) {
  const dynamodb = new LocalDynamoDb(undefined);
  const bound = await bind(0, "", (request, response) => dynamodb.handle(request, response));
  const endpoint = `http://127.0.0.1:${bound.port}`;
  const client = DynamoDBDocumentClient.from(
    new DynamoDBClient({ endpoint, region: "eu-west-1", credentials: LOCAL_CREDENTIALS }),
    { marshallOptions: { removeUndefinedValues: true } },
  );
  await dynamodb.createTable(
    { name: TABLE, hash_key: "keyId", attribute: [{ name: "keyId", type: "S" }] },
    endpoint,
    "eu-west-1",
  );
  onTestFinished(async () => {
    client.destroy();
    await bound.close();
    await dynamodb.close();
  });
  const clock = { ms: 0, wallMs: undefined as number | undefined };
  const lines: Readonly<Record<string, unknown>>[] = [];
  const tools = {
    workloads,
    keys: new IssuerKeys({ read: fetchDocument, now: () => clock.ms }),
    store: new ExchangeStore(client, TABLE),
    log: (line: Readonly<Record<string, unknown>>) => void lines.push(line),
    wallClock: () => clock.wallMs ?? Date.now(),
  };
  const send = async ({ token, fields = {}, contentType, body, address = "192.0.2.1", method = "POST" }: Sent) => {
    const form = { grant_type: GRANT, subject_token: token, subject_token_type: JWT, ...fields };
    const event = {
      httpMethod: method,
      path: "/oauth/token",
      multiValueHeaders: {
        "content-type": [contentType ?? "application/x-www-form-urlencoded"],
        "x-forwarded-for": [`203.0.113.7, ${address}`],
      },
      body: Buffer.from(body ?? new URLSearchParams(form).toString()).toString("base64"),
      isBase64Encoded: true,
    };
    const response = await serve(requestOf(event, "load-balancer", "request-1"), tools);
    return { status: response.statusCode, headers: response.multiValueHeaders, body: JSON.parse(response.body) };
  };
  const items = async () => (await client.send(new ScanCommand({ TableName: TABLE }))).Items ?? [];
  const item = async (keyId: string) => (await client.send(new GetCommand({ TableName: TABLE, Key: { keyId } }))).Item;
  const keyStore = new DynamoKeyStore({ client, tableName: TABLE });
  return { send, items, item, lines, clock, keyStore };
}

const policyFor = (issuer: Pick<LocalIssuer, "issuer">, own: Partial<WorkloadPolicy> = {}): WorkloadPolicy => ({
  name: "nightly",
  issuer: issuer.issuer,
  audience: AUDIENCE,
  claims: { sub: "repo:acme/*", ref: "refs/heads/main" },
  ...own,
});

async function started(own: Partial<WorkloadPolicy> = {}) {
  const issuer = await startIssuer([first]);
  return { issuer, ...(await setUp([policyFor(issuer, own)])) };
}

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

describe("the issuer's keys", () => {
  test("are read once in ten minutes", async () => {
    const { issuer, send, clock } = await started();
    for (const ms of [0, 599_999]) {
      clock.ms = ms;
      expect((await send({ token: issuer.token(githubClaims("acme/app")) })).status).toBe(200);
    }
    expect(issuer.reads).toEqual(["/.well-known/openid-configuration", "/keys"]);
    clock.ms = 600_000;
    await send({ token: issuer.token(githubClaims("acme/app")) });
    expect(issuer.reads).toHaveLength(4);
  });

  test("a new key is found at once, and the key that is no longer published is refused", async () => {
    const { issuer, send, clock } = await started();
    const old = issuer.token(githubClaims("acme/app"));
    await send({ token: issuer.token(githubClaims("acme/app")) });
    issuer.keys = [second];
    clock.ms = 30_000;
    expect((await send({ token: issuer.token(githubClaims("acme/app")) })).status).toBe(200);
    expect((await send({ token: old })).status).toBe(400);
  });

  test("tokens of unknown keys make it read them once in 30 s", async () => {
    const { issuer, send } = await started();
    for (let index = 0; index < 4; index++)
      await send({ token: signToken(second, { iss: issuer.issuer }, { kid: `unknown-${index}` }) });
    expect(issuer.reads.filter((path) => path === "/keys")).toHaveLength(1);
  });

  test.each<[string, (path: string) => ReturnType<NonNullable<LocalIssuer["respond"]>>]>([
    ["fails", () => ({ status: 500, body: "" })],
    ["is no JSON", () => ({ status: 200, body: "<html>" })],
    ["is too large", () => ({ status: 200, body: `{"a":"${"x".repeat(300_000)}"}` })],
    ["redirects", () => ({ status: 302, body: "", location: "http://127.0.0.1:1/" })],
    [
      "is another issuer's",
      () => ({ status: 200, body: '{"issuer":"https://x.example","jwks_uri":"https://x.example"}' }),
    ],
    ["has no keys", (path) => (path === "/keys" ? { status: 200, body: "{}" } : undefined)],
  ])(
    "an issuer whose document %s is 503 with Retry-After, counts as no failure, and is read again",
    async (_, respond) => {
      const { issuer, send, lines } = await started();
      issuer.respond = respond;
      const token = issuer.token(githubClaims("acme/app"));
      const { status, headers, body } = await send({ token });
      expect([status, body.error, headers["retry-after"]]).toEqual([503, "temporarily_unavailable", ["5"]]);
      expect(lines.at(-1)).toMatchObject({ rule: "issuer-keys", issuer: issuer.issuer });
      issuer.respond = undefined;
      expect((await send({ token })).status).toBe(200);
    },
  );

  test("stay valid for an hour while the issuer can't be read, and are then 503", async () => {
    const { issuer, send, clock } = await started();
    await send({ token: issuer.token(githubClaims("acme/app")) });
    issuer.respond = () => ({ status: 500, body: "" });
    for (const ms of [600_000, 3_599_999]) {
      clock.ms = ms;
      expect((await send({ token: issuer.token(githubClaims("acme/app")) })).status).toBe(200);
    }
    clock.ms = 3_604_999;
    expect((await send({ token: issuer.token(githubClaims("acme/app")) })).status).toBe(503);
  });

  test("are not dropped by a token of an unknown key while the issuer can't be read", async () => {
    const { issuer, send, clock } = await started();
    await send({ token: issuer.token(githubClaims("acme/app")) });
    issuer.respond = () => ({ status: 500, body: "" });
    clock.ms = 30_000;
    expect((await send({ token: signToken(second, { iss: issuer.issuer }, { kid: "unknown" }) })).status).toBe(503);
    expect((await send({ token: issuer.token(githubClaims("acme/app")) })).status).toBe(200);
  });

  test("are read again 5 s after a failed read, not before, and then a new key works", async () => {
    const { issuer, send, clock } = await started();
    await send({ token: issuer.token(githubClaims("acme/app")) });
    issuer.respond = () => ({ status: 500, body: "" });
    clock.ms = 600_000;
    await send({ token: issuer.token(githubClaims("acme/app")) });
    issuer.keys = [second];
    issuer.respond = undefined;
    const reads = issuer.reads.length;
    clock.ms = 604_999;
    expect((await send({ token: issuer.token(githubClaims("acme/app")) })).status).toBe(503);
    expect(issuer.reads).toHaveLength(reads);
    clock.ms = 605_000;
    expect((await send({ token: issuer.token(githubClaims("acme/app")) })).status).toBe(200);
  });

  test("are read once for requests that come at the same time", async () => {
    const { issuer, send } = await started();
    const responses = [1, 2, 3].map(() => send({ token: issuer.token(githubClaims("acme/app")) }));
    expect((await Promise.all(responses)).map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(issuer.reads).toHaveLength(2);
  });

  test("an https address is needed, also in the discovery document of an https issuer", async () => {
    const read = async () => ({ issuer: "https://issuer.example", jwks_uri: "http://127.0.0.1/keys" });
    const keys = new IssuerKeys({ read, now: () => 0 });
    await expect(keys.keysOf({ issuer: "https://issuer.example" }, () => true)).rejects.toThrow(
      "its jwks_uri must be an https address",
    );
  });
});

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
