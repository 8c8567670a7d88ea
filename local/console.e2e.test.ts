import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { CONSOLE_PAGES, pathsOf } from "../contracts/site/console-pages.ts";
import { loadEnvironment } from "../environments/load.ts";
import { CHROMIUM_REMEDY, findChromium, launchChromium } from "../test-support/chromium.ts";
import { startFakeEngine } from "../test-support/fake-engine.ts";
import { eventually } from "../test-support/waits/eventually.ts";
import { stackOwner } from "./test/stack-owner.ts";
import { startedTwin } from "./test/started-twin.ts";

const dev = await loadEnvironment("dev");
const skipped = findChromium() === undefined ? ` (${CHROMIUM_REMEDY})` : "";

describe.skipIf(skipped !== "")(`the console on the local stack${skipped}`, () => {
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  /** A page of the stacks of dev with a console, whose complaints fail the test. */
  async function opened() {
    const engine = await startFakeEngine();
    onTestFinished(() => engine.stop());
    const environment = {
      ...dev,
      api: { ...dev.api, auth: "required" as const, controlApi: true },
      site: { ...dev.site, console: "on" as const },
    };
    const twin = await startedTwin(environment, { SLUICE_ENGINE_URL: engine.origin });
    const { apiUrl, siteUrl } = twin.runtime.settings;
    const { adminKey } = await stackOwner(twin);
    const page = (await browser?.newPage()) ?? expect.fail("no browser");
    onTestFinished(() => page.close());
    return { page, apiUrl, siteUrl, adminKey, complaints: complaintsOf(page) };
  }

  // documented: console-keys
  test("an administrator comes from the admin key to a key for models, which works until it is revoked", async () => {
    const { page, apiUrl, siteUrl, adminKey, complaints } = await opened();
    await page.goto(`${siteUrl}/keys`);
    await page.getByLabel("Admin key").fill(adminKey);
    await page.keyboard.press("Enter");
    await page.getByLabel("Name of the project").fill("search");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Create key" }).click();
    await page.getByLabel("Name", { exact: true }).fill("indexer");
    await page.keyboard.press("Enter");
    const secret = await page.getByLabel("Secret key").inputValue();
    const generate = () =>
      fetch(`${apiUrl}/v1/chat/completions`, {
        method: "POST",
        headers: { authorization: `Bearer ${secret}`, "content-type": "application/json" },
        body: JSON.stringify({ model: "phi-3-mini", messages: [{ role: "user", content: "x" }] }),
      });
    expect((await generate()).status).toBe(200);
    await page.getByRole("button", { name: "Done" }).click();
    await page.getByRole("button", { name: "Revoke indexer" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Revoke", exact: true }).click();
    await page.getByRole("heading", { name: "No keys yet" }).waitFor();
    await eventually(async () => expect((await generate()).status).toBe(401));
    expect(complaints).toEqual([]);
  });

  // documented: console-served
  test("each page is served by its own path under the policy, a wrong admin key is refused, and a missing file is 404", async () => {
    const { page, siteUrl } = await opened();
    for (const path of CONSOLE_PAGES.flatMap(pathsOf)) {
      const response = await fetch(`${siteUrl}/${path}`);
      expect([path, response.status, response.headers.get("content-type")]).toEqual([
        path,
        200,
        "text/html; charset=utf-8",
      ]);
      expect(response.headers.get("content-security-policy")).toContain("require-trusted-types-for 'script'");
      expect(await response.text()).toContain("/console/assets/");
    }
    expect((await fetch(`${siteUrl}/console/assets/gone.js`)).status).toBe(404);
    await page.goto(`${siteUrl}/login`);
    await page.getByLabel("Admin key").fill("sk-admin-AAAAAAAAAAAA-wrong");
    await page.keyboard.press("Enter");
    await page.getByText("The service does not accept this key").waitFor();
  });
});

function complaintsOf(page: Page): readonly string[] {
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  return complaints;
}
