import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { call, serve, temporaryFolder } from "../../local/test/tools.ts";
import { eventually } from "../../test-support/waits/eventually.ts";
import { loginCommand, logoutCommand, whoamiCommand } from "./login-command.ts";
import { LoginStore } from "./login-store.ts";

type Responses = Readonly<Record<string, unknown>>;

/** A server that responds with JSON by path, 404 elsewhere. @returns its address */
async function serving(responses: (url: string) => Responses): Promise<string> {
  const server = { url: "" };
  const port = await serve((request, response) => {
    const body = responses(server.url)[request.url ?? ""];
    response.writeHead(body === undefined ? 404 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify(body ?? {}));
  });
  server.url = `http://127.0.0.1:${port}`;
  return server.url;
}

function setUp(localUrl?: string) {
  const shown: string[] = [];
  const store = new LoginStore(join(temporaryFolder(), "sluice"));
  const tools = {
    print: (text: string) => shown.push(text),
    show: (text: string) => shown.push(text),
    localUrl: () => localUrl,
    store,
    openPage: () => {},
    wait: async () => {},
    now: Date.now,
  };
  const login = (...args: readonly string[]) => loginCommand(tools).parseAsync([...args], { from: "user" });
  return { login, tools, store, shown };
}

const discovery = (url: string, more: Responses = {}) => ({
  issuer: url,
  token_endpoint: `${url}/token`,
  authorization_endpoint: `${url}/auth`,
  jwks_uri: `${url}/keys`,
  ...more,
});
const DISCOVERY = "/.well-known/openid-configuration";

describe("sluice login is refused with its reason", () => {
  test("without an address, and by an address to which a key must not be sent in plain text", async () => {
    await expect(setUp().login()).rejects.toThrow(/No local stack runs in this clone.*set --url/);
    await expect(setUp().login("--url", "http://api.example.com")).rejects.toThrow(
      "--url must be an https address, or http on this machine, got http://api.example.com; write it as https://api.example.com.",
    );
  });

  test("by an API without sign-in, and by one whose issuer is no safe address", async () => {
    const none = await serving(() => ({}));
    await expect(setUp(none).login()).rejects.toThrow(
      /has no sign-in of people \(it responded with 404\); set identity\.people/,
    );
    const unsafe = await serving(() => ({ "/oauth/sign-in": { issuer: "http://login.example.com", client_id: "a" } }));
    await expect(setUp(unsafe).login()).rejects.toThrow(/names http:\/\/login\.example\.com as the issuer/);
  });

  test("by an issuer without the device flow, and by one that ends the flow", async () => {
    const plain = await serving((url) => ({
      "/oauth/sign-in": { issuer: url, client_id: "a" },
      [DISCOVERY]: discovery(url),
    }));
    await expect(setUp(plain).login("--device")).rejects.toThrow(/has no device flow \(RFC 8628\); leave --device out/);
    const ending = await serving((url) => ({
      "/oauth/sign-in": { issuer: url, client_id: "a" },
      [DISCOVERY]: discovery(url, { device_authorization_endpoint: `${url}/device` }),
      "/device": { device_code: "d", user_code: "ABCD", verification_uri: `${url}/page`, expires_in: 60, interval: 1 },
    }));
    const { login, shown, store } = setUp(ending);
    await expect(login("--no-browser")).rejects.toThrow(`${ending} sent a response that is no OpenID provider's`);
    expect(shown).toEqual([`Open ${ending}/page and confirm the code ABCD.`]);
    expect(store.read(ending)).toBeUndefined();
  });
});

describe("sluice login by a page of this machine's browser", () => {
  const issuer = () =>
    serving((url) => ({
      "/oauth/sign-in": { issuer: url, client_id: "a" },
      [DISCOVERY]: discovery(url, { scopes_supported: ["openid", "email"] }),
      "/token": { access_token: "a", token_type: "bearer", expires_in: 60 },
    }));
  /** Starts the command. @returns the address that it shows, and what it ends with */
  const begun = async (...args: readonly string[]) => {
    const { login, shown } = setUp(await issuer());
    const ended = login("--no-browser", ...args).then(
      () => "signed in",
      (error: unknown) => String(error),
    );
    await eventually(() => expect(shown).toHaveLength(1));
    return { ended, address: new URL(/Open (\S+) in a browser/.exec(shown[0] ?? "")?.[1] ?? "") };
  };

  test("is the default without the device flow: with PKCE, state, nonce and a return address of this process", async () => {
    const { ended, address } = await begun();
    const { searchParams } = address;
    expect(Object.fromEntries(searchParams)).toMatchObject({
      response_type: "code",
      client_id: "a",
      scope: "openid email",
      code_challenge_method: "S256",
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      redirect_uri: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/callback$/),
    });
    const back = new URL(searchParams.get("redirect_uri") ?? "");
    back.search = new URLSearchParams({ state: searchParams.get("state") ?? "", error: "access_denied" }).toString();
    expect(await (await fetch(back)).text()).toContain("The sign-in failed");
    expect(await ended).toMatch(/refused \(access_denied\)/);
  });

  test("takes no response to another sign-in, and nothing at another path or name", async () => {
    const { ended, address } = await begun();
    const back = new URL(address.searchParams.get("redirect_uri") ?? "");
    const status = async (url: URL | string, headers: Readonly<Record<string, string>> = {}) =>
      (await call(Number(back.port), String(url), { headers })).status;
    expect(await status("/callback?state=other&code=x")).toBe(400);
    expect(await status("/other?state=x")).toBe(404);
    const state = address.searchParams.get("state") ?? "";
    expect(await status(`/callback?state=${state}&code=x`, { host: `evil.example:${back.port}` })).toBe(404);
    expect(await status(`/callback?state=${state}&code=x`)).toBe(200);
    expect(await ended).toContain("is no OpenID provider's");
  });

  test("needs a free port, a port's number, and the secret of a client that has one", async () => {
    const taken = await serve((_, response) => void response.end());
    await expect(setUp(await issuer()).login("--callback-port", String(taken))).rejects.toThrow(
      `Port ${taken} is taken; choose another one by --callback-port.`,
    );
    await expect(setUp(await issuer()).login("--callback-port", "x")).rejects.toThrow(/must be 1 to 65535, or 0/);
    await expect(setUp(await issuer()).login("--device", "--loopback")).rejects.toThrow(/Choose one of/);
    const secret = await serving((url) => ({ "/oauth/sign-in": { issuer: url, client_id: "a", has_secret: true } }));
    await expect(setUp(secret).login()).rejects.toThrow(/set SLUICE_CLIENT_SECRET to it/);
  });
});

test("sluice whoami and logout say that nobody is logged in", async () => {
  const { tools } = setUp("http://127.0.0.1:1");
  const reason = "Nobody is logged in at http://127.0.0.1:1; run `sluice login`.";
  await expect(whoamiCommand(tools).parseAsync([], { from: "user" })).rejects.toThrow(reason);
  await expect(logoutCommand(tools).parseAsync([], { from: "user" })).rejects.toThrow(reason);
});
