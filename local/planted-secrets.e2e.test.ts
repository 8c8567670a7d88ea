import { ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { describe, expect, onTestFinished, test } from "vitest";
import { OperatorKey } from "../contracts/control/admin-keys.ts";
import { WebhookWithSecret } from "../contracts/notices/webhooks.ts";
import { Session } from "../contracts/sign-in/session.ts";
import { newAdminKey } from "../domain/keys/admin-key.ts";
import { apiKeyId, newApiKey } from "../domain/keys/api-key.ts";
import { loadEnvironment } from "../environments/load.ts";
import { CHROMIUM_REMEDY, findChromium, launchChromium } from "../test-support/chromium.ts";
import { eventually } from "../test-support/waits/eventually.ts";
import { peopleStack } from "./test/people-stack.ts";
import { filesBelow, type StoredText, tableText } from "./test/search-files.ts";

const ADA = "ada@example.com";
const PROMPT = "planted-prompt-7c21";
const SYSTEM_PROMPT = "planted-system-prompt-5e90";
const skipped = findChromium() === undefined ? ` (${CHROMIUM_REMEDY})` : "";

/** Signs Ada in in the console. @returns what her browser got: keys, and the cookie with the refresh token */
async function signedIn(siteUrl: string) {
  const browser = await launchChromium();
  onTestFinished(() => browser.close());
  const page = await browser.newPage();
  await page.goto(`${siteUrl}/login`);
  await page.getByRole("button", { name: "Continue with single sign-on" }).click();
  const opened = page.waitForResponse((response) => response.url().endsWith("/session") && response.ok());
  await page.getByRole("button", { name: `Sign in as ${ADA}` }).click();
  const session = Session.parse(await (await opened).json());
  const cookies = await page.context().cookies(`${siteUrl}/session`);
  return {
    projectKey: session.project_key?.key ?? expect.unreachable("no key of the project"),
    cookie: cookies.find(({ name }) => name === "sluice-session")?.value ?? expect.unreachable("no cookie"),
  };
}

/** `NAME in LOCATION` of each text that has a secret. */
function found(texts: readonly StoredText[], secrets: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(secrets).flatMap(([name, secret]) =>
    texts.filter(({ text }) => text.includes(secret)).map(({ location }) => `${name} in ${location}`),
  );
}

describe.skipIf(skipped !== "")(`the running stack${skipped}`, () => {
  // documented: planted-secrets-stack
  test("has no key, token, cookie or prompt of its requests in any file, log, object or table", async () => {
    const dev = await loadEnvironment("dev");
    const usage = { ...(dev.usage ?? expect.fail("dev has usage")), fileSeconds: 1 };
    const { apiUrl, siteUrl, adminKey, control, document, workFolder, sdk, organization, project } = await peopleStack(
      ADA,
      { hasModel: true, usage, people: { accessTokens: { audience: "https://api.example" } } },
    );
    const browser = await signedIn(siteUrl);
    const account = await organization.projects.serviceAccounts.create(project.id, { name: "job" });
    const admin = (await organization.adminAPIKeys.create({ name: "second" })) as { readonly value?: string };
    const hook = await control("POST", "/webhooks", { url: "https://hooks.example.com/planted" });
    const key = account.api_key?.value ?? expect.unreachable("no key of the account");
    const secrets = {
      key,
      adminKey,
      secondAdminKey: admin.value ?? expect.unreachable("no admin key"),
      wrongKey: newApiKey().secret,
      wrongAdminKey: newAdminKey().secret,
      webhookSecret: WebhookWithSecret.parse(await hook.json()).secret,
      token: `${Buffer.from('{"alg":"RS256","kid":"planted"}').toString("base64url")}.eyJpc3MiOiJwbGFudGVkIn0.c2ln`,
      prompt: PROMPT,
      systemPrompt: SYSTEM_PROMPT,
      ...browser,
    };

    const messages = [
      { role: "system" as const, content: SYSTEM_PROMPT },
      { role: "user" as const, content: PROMPT },
    ];
    const request = { model: "phi-3-mini", messages, max_tokens: 4 };
    const { id } = await sdk(key).chat.completions.create(request);
    expect(id).toBeTruthy();
    for await (const _ of await sdk(browser.projectKey).chat.completions.create({ ...request, stream: true }));
    const send = (path: string, init: RequestInit, bearer: string) =>
      fetch(apiUrl + path, {
        ...init,
        headers: { authorization: `Bearer ${bearer}`, "content-type": "application/json" },
      });
    const all = Object.values(secrets).join(" ");
    const chat = (body: string, bearer = key) => send("/v1/chat/completions", { method: "POST", body }, bearer);
    const form = (fields: Readonly<Record<string, string>>) =>
      fetch(`${apiUrl}/oauth/token`, { method: "POST", body: new URLSearchParams(fields) });
    const refused = {
      "a wrong key": chat(JSON.stringify(request), secrets.wrongKey),
      "a token of no issuer": chat(JSON.stringify(request), secrets.token),
      "text that is no JSON": chat(`{"messages": ${all}`),
      "a field of a wrong type": chat(JSON.stringify({ ...request, messages: all })),
      "a key as a model": chat(JSON.stringify({ ...request, model: secrets.key })),
      "a key in the query": send(`/v1/models?key=${secrets.key}&prompt=${PROMPT}`, {}, secrets.wrongKey),
      "a key in the path": send(`/v1/files/${secrets.key}`, {}, key),
      "an admin key for models": chat(JSON.stringify(request), secrets.secondAdminKey),
      "a wrong admin key": send("/v1/organization/projects", {}, secrets.wrongAdminKey),
      "a field of no operation": send(
        "/v1/organization/projects",
        { method: "POST", body: `{"name":["${all}"]}` },
        adminKey,
      ),
      "a key as an id": send(`/v1/organization/projects/${secrets.secondAdminKey}`, {}, adminKey),
      "a token that is none": form({
        grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
        subject_token: secrets.token,
        subject_token_type: "urn:ietf:params:oauth:token-type:id_token",
      }),
      "a key in place of a token": form({ grant_type: secrets.key, subject_token: secrets.adminKey }),
    };
    for (const [name, sent] of Object.entries(refused)) {
      const response = await sent;
      expect(response.status, name).toBeGreaterThanOrEqual(400);
      const text = JSON.stringify([...response.headers]) + (await response.text());
      expect.soft(found([{ location: name, text }], secrets)).toEqual([]);
    }

    // The search finds what is stored: the key's id, in the log's line, the usage event and the tables.
    const keyId = apiKeyId(key) ?? expect.unreachable("no id of the key");
    const operator = OperatorKey.parse(await (await control("POST", "/operator_keys")).json());
    const texts = await eventually(async () => {
      const text = await (await send("/admin/logs?limit=200", {}, operator.value)).text();
      const lines = { location: "GET /admin/logs", text };
      const files = filesBelow(workFolder);
      const { TableNames = [] } = await document.send(new ListTablesCommand({}));
      const tables = await Promise.all(TableNames.map((name) => tableText(document, name)));
      const locations = found([...files, ...tables, lines], { keyId }).join("\n");
      for (const pattern of [/ in logs\//, / in buckets\//, / in table /, / in GET /])
        expect(locations).toMatch(pattern);
      return [...files, ...tables, lines];
    });
    expect(found(texts, secrets)).toEqual([]);
  });
});
