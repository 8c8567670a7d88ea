import * as oauth from "oauth4webapi";
import type { Page } from "playwright-core";
import { describe, expect, onTestFinished, test } from "vitest";
import * as z from "zod";
import { SignInDocument } from "../contracts/processes/people.ts";
import { Session } from "../contracts/sign-in/session.ts";
import { CHROMIUM_REMEDY, findChromium, launchChromium } from "../test-support/chromium.ts";
import { signInByBrowser } from "./test/browser-sign-in.ts";
import { peopleStack } from "./test/people-stack.ts";

const insecure = { [oauth.allowInsecureRequests]: true };
const skipped = findChromium() === undefined ? ` (${CHROMIUM_REMEDY})` : "";

/** What the console does, in a page of the site. */
async function inPage(page: Page, path: string, method: string, body: object) {
  return await page.evaluate(
    async ([path, method, body]) => {
      const headers = { "x-sluice-session": "1", "content-type": "application/json" };
      const response = await fetch(path, { method, headers, body });
      return { status: response.status, body: await response.json() };
    },
    [path, method, JSON.stringify(body)] as const,
  );
}

describe.skipIf(skipped !== "")(`people sign in at the local stack${skipped}`, () => {
  // documented: local-issuer-browser
  test("in a real browser at its issuer, and use a model with the exchanged key", async () => {
    const { apiUrl, issuerUrl, project, generate } = await peopleStack("ada@example.com");
    const where = SignInDocument.parse(await (await fetch(`${apiUrl}/oauth/sign-in`)).json());
    expect(where).toEqual({
      issuer: issuerUrl,
      client_id: "sluice",
      authorization_endpoint: `${issuerUrl}/auth`,
      scopes: ["openid", "profile", "email", "offline_access"],
      admit: "invited",
      has_secret: false,
    });

    const issuer = new URL(where.issuer);
    const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure));
    const client = { client_id: where.client_id };
    const parameters = { scope: "openid email offline_access" };
    const device = await oauth.processDeviceAuthorizationResponse(
      server,
      client,
      await oauth.deviceAuthorizationRequest(server, client, oauth.None(), parameters, insecure),
    );
    expect(await signInByBrowser(device.verification_uri_complete ?? "", "ada@example.com")).toEqual([
      "Confirm the code",
      "Sign in",
      "Signed in",
    ]);
    const tokens = await oauth.processDeviceCodeResponse(
      server,
      client,
      await oauth.deviceCodeGrantRequest(server, client, oauth.None(), device.device_code, insecure),
    );
    expect(tokens.refresh_token).toBeDefined();
    const form = {
      grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
      subject_token: tokens.id_token ?? "",
      subject_token_type: "urn:ietf:params:oauth:token-type:id_token",
    };
    const response = await fetch(`${apiUrl}/oauth/token`, { method: "POST", body: new URLSearchParams(form) });
    const Issued = z.object({ access_token: z.string(), project_id: z.literal(project.id) });
    const { access_token: key } = Issued.parse(await response.json());
    const { choices } = await generate(key);
    expect(choices[0]?.message.content).toBeTruthy();
  });

  // documented: session-in-a-browser
  test("in a page of the site by the code flow: keys in its memory, a cookie that it can't read, until it signs out", async () => {
    const { apiUrl, siteUrl, project, generate } = await peopleStack("ada@example.com");
    const where = SignInDocument.parse(await (await fetch(`${apiUrl}/oauth/sign-in`)).json());
    const browser = await launchChromium();
    onTestFinished(() => browser.close());
    const page = await browser.newPage();
    const verifier = oauth.generateRandomCodeVerifier();
    const redirectUri = `${siteUrl}/login`;
    const start = new URL(where.authorization_endpoint ?? "");
    start.search = new URLSearchParams({
      client_id: where.client_id,
      redirect_uri: redirectUri,
      response_type: "code",
      scope: (where.scopes ?? []).join(" "),
      nonce: "n",
      state: "s",
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
    }).toString();
    await page.goto(start.href);
    await page.getByRole("button", { name: "Sign in as ada@example.com" }).click();
    await page.waitForURL(`${redirectUri}?**`);
    const code = new URL(page.url()).searchParams.get("code");
    const begun = await inPage(page, "/session", "POST", {
      code,
      code_verifier: verifier,
      redirect_uri: redirectUri,
      nonce: "n",
    });
    expect(begun.status).toBe(200);
    const session = Session.parse(begun.body);
    expect(session.project_key?.project_id).toBe(project.id);
    expect((await generate(session.project_key?.key ?? "")).choices).toHaveLength(1);
    expect(await page.evaluate("document.cookie")).toBe("");
    const cookies = await page.context().cookies(`${siteUrl}/session`);
    // Cookies have no port: the issuer's are here too.
    expect(cookies.filter(({ name }) => name.startsWith("sluice"))).toMatchObject([
      { name: "sluice-session", httpOnly: true, sameSite: "Strict", path: "/session" },
    ]);
    const authorization = `Bearer ${session.control.key}`;
    const projects = () => fetch(`${apiUrl}/v1/organization/projects`, { headers: { authorization } });
    expect((await projects()).status).toBe(200);

    await page.reload();
    const renewed = await inPage(page, "/session/refresh", "POST", {});
    expect([renewed.status, Session.parse(renewed.body).user.email]).toEqual([200, "ada@example.com"]);
    // Another site's page: the browser asks whether it may, and is not told so.
    const foreign = await browser.newPage();
    await foreign.goto(`${where.issuer}/.well-known/openid-configuration`);
    const refused = foreign.evaluate(async (address) => {
      const headers = { "x-sluice-session": "1" };
      return (await fetch(address, { method: "POST", credentials: "include", headers })).status;
    }, `${siteUrl}/session/refresh`);
    await expect(refused).rejects.toThrow("Failed to fetch");

    expect((await inPage(page, "/session", "DELETE", {})).status).toBe(200);
    expect((await inPage(page, "/session/refresh", "POST", {})).status).toBe(401);
    expect((await projects()).status).toBe(401);
  });

  // documented: console-at-local-issuer
  test("in the console: by its button to the issuer and back, again after a reload, until they sign out there", async () => {
    const { siteUrl } = await peopleStack("ada@example.com");
    const browser = await launchChromium();
    onTestFinished(() => browser.close());
    const page = await browser.newPage();
    await page.goto(`${siteUrl}/login`);
    await page.getByRole("button", { name: "Continue with single sign-on" }).click();
    await page.getByRole("button", { name: "Sign in as ada@example.com" }).click();
    const account = page.getByRole("button", { name: "Account" });
    await account.waitFor();
    await page.reload();
    await account.click();
    await page.getByText("ada@example.com").waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("button", { name: "Continue with single sign-on" }).waitFor();
    await page.reload();
    await page.getByRole("button", { name: "Continue with single sign-on" }).waitFor();
    expect(new URL(page.url()).search).not.toContain("code=");
  });
});
