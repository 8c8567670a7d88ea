import { describe, expect, test } from "vitest";
import { IssuerKeys } from "../domain/issuers/issuer-keys.ts";
import { githubClaims, type LocalIssuer, signToken } from "../lambdas/exchange-token/test/local-issuer.ts";
import { second, started } from "./test/exchange/exchange-setup.ts";

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
