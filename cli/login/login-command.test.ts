import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { serve, temporaryFolder } from "../../local/test/tools.ts";
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
    await expect(setUp(plain).login()).rejects.toThrow(/has no device flow \(RFC 8628\)/);
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

test("sluice whoami and logout say that nobody is logged in", async () => {
  const { tools } = setUp("http://127.0.0.1:1");
  const reason = "Nobody is logged in at http://127.0.0.1:1; run `sluice login`.";
  await expect(whoamiCommand(tools).parseAsync([], { from: "user" })).rejects.toThrow(reason);
  await expect(logoutCommand(tools).parseAsync([], { from: "user" })).rejects.toThrow(reason);
});
