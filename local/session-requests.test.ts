import { describe, expect, test } from "vitest";
import { ADA, sessionExchange } from "./test/session-exchange.ts";

describe("a request of a session", () => {
  test.each<[string, string, string, Readonly<Record<string, string>>, number, string]>([
    ["without the header", "POST", "/session/refresh", { "x-sluice-session": "" }, 400, "cross_site"],
    ["of another site", "POST", "/session/refresh", { "sec-fetch-site": "cross-site" }, 400, "cross_site"],
    ["of a sister site", "DELETE", "/session", { "sec-fetch-site": "same-site" }, 400, "cross_site"],
    ["that does not say where it is from", "POST", "/session", { "sec-fetch-site": "" }, 400, "cross_site"],
    ["without a cookie", "POST", "/session/refresh", {}, 401, "session_required"],
    [
      "with an unknown cookie",
      "POST",
      "/session/refresh",
      { cookie: `sluice-session=${"a".repeat(43)}` },
      401,
      "session_required",
    ],
    ["with a malformed cookie", "POST", "/session/refresh", { cookie: "sluice-session=%00" }, 401, "session_required"],
    ["by another method", "GET", "/session", {}, 405, "method_not_allowed"],
    ["that is a form", "POST", "/session", { "content-type": "text/plain" }, 400, "invalid_request"],
  ])("%s is refused", async (_, method, path, headers, status, code) => {
    const { session } = await sessionExchange();
    const response = await session(method, path, {}, headers);
    expect([response.status, response.body.error.code]).toEqual([status, code]);
    expect(response.body.error.message).toBeTruthy();
  });

  test("with wrong fields names each of them", async () => {
    const { session } = await sessionExchange();
    const body = { code: "x", code_verifier: "short", redirect_uri: "javascript:1", more: 1 };
    const { status, body: refused } = await session("POST", "/session", body);
    expect(status).toBe(400);
    for (const field of ["code_verifier", "redirect_uri", "nonce", "more"])
      expect(refused.error.message).toContain(field);
  });

  test("with a code that was used, of another verifier, or with another nonce begins no session", async () => {
    const { invite, code, session } = await sessionExchange();
    await invite();
    const used = await code();
    expect((await session("POST", "/session", used)).status).toBe(200);
    const wrong = [used, { ...(await code()), code_verifier: "v".repeat(43) }, { ...(await code()), nonce: "other" }];
    for (const body of wrong) {
      const { status, body: refused, cookie } = await session("POST", "/session", body);
      expect([400, 503]).toContain(status);
      expect(refused.error.code).not.toBe("server_error");
      expect(cookie).toBe("");
    }
  });

  test("of somebody who is not in the organisation says so, and is an audit event", async () => {
    const { code, session, lines } = await sessionExchange();
    const { status, body } = await session("POST", "/session", await code());
    expect([status, body.error.code]).toEqual([400, "access_denied"]);
    expect(body.error.message).toBe(`${ADA} is not in the organisation. An owner can invite you.`);
    expect(lines.at(-1)).toMatchObject({ rule: "people: not-invited" });
  });

  test("is 503 while the issuer can't be reached, and the session goes on afterwards", async () => {
    const { invite, signIn, refresh, later, client } = await sessionExchange();
    await invite();
    const { header } = await signIn();
    later(600);
    const original = client.refreshed.bind(client);
    client.refreshed = async (token) => {
      const { IssuerUnavailable } = await import("../lib/http/fetch-document.ts");
      client.refreshed = original;
      throw new IssuerUnavailable(token.slice(0, 0), "connection refused");
    };
    const { status, headers } = await refresh(header);
    expect([status, headers["retry-after"]]).toEqual([503, ["5"]]);
    expect((await refresh(header)).status).toBe(200);
  });

  test("is 429 after 30 refused codes of one browser in a minute, and other browsers behind the same edge go on", async () => {
    const { invite, code, session } = await sessionExchange();
    await invite();
    const wrong = { ...(await code()), code: "wrong" };
    for (let tries = 0; tries < 30; tries++) expect((await session("POST", "/session", wrong)).status).toBe(400);
    expect((await session("POST", "/session", await code())).status).toBe(429);
    const other = { "x-forwarded-for": "198.51.100.2, 192.0.2.1" };
    expect((await session("POST", "/session", await code(), other)).status).toBe(200);
  });
});
