import { PutCommand } from "@aws-sdk/lib-dynamodb";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { TARGET_HEADER } from "../contracts/api/headers.ts";
import { keysTableName } from "../contracts/processes/names.ts";
import { createKey } from "../domain/keys/key-item.ts";
import { loadEnvironment } from "../environments/load.ts";
import { CHROMIUM_REMEDY, findChromium, launchChromium } from "../test-support/chromium.ts";
import { startFakeEngine } from "../test-support/fake-engine.ts";
import { providerConfig, routeConfig } from "../test-support/target-config.ts";
import { eventually } from "../test-support/waits/eventually.ts";
import { stackOwner } from "./test/stack-owner.ts";
import { startedTwin } from "./test/started-twin.ts";

const dev = await loadEnvironment("dev");
const skipped = findChromium() === undefined ? ` (${CHROMIUM_REMEDY})` : "";

describe.skipIf(skipped !== "")(`routes on the local stack${skipped}`, () => {
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  // documented: console-routes
  test("an owner changes a route's weights in the console, and answers come from the other target until it is restored", async () => {
    const [engine, outside] = [await startFakeEngine({ tokens: 5 }), await startFakeEngine({ tokens: 5 })];
    onTestFinished(async () => {
      await engine.stop();
      await outside.stop();
    });
    const { name: provider, ...settings } = providerConfig("outside", outside.origin);
    const { name: route, ...declared } = routeConfig("assistant", ["phi-3-mini=100", "outside/small=0"]);
    const environment = {
      ...dev,
      api: { ...dev.api, auth: "required" as const, controlApi: true },
      site: { ...dev.site, console: "on" as const },
      providers: { [provider]: settings },
      routes: { [route]: declared },
    };
    const twin = await startedTwin(environment, { SLUICE_ENGINE_URL: engine.origin });
    const { apiUrl, siteUrl } = twin.runtime.settings;
    const { adminKey, document } = await stackOwner(twin);
    const { item, secret } = createKey({ name: "k", plan: "standard", createdAt: new Date() });
    await document.send(new PutCommand({ TableName: keysTableName("dev"), Item: item }));
    const answeredBy = async () => {
      const response = await fetch(`${apiUrl}/v1/chat/completions`, {
        method: "POST",
        headers: { authorization: `Bearer ${secret}`, "content-type": "application/json" },
        body: JSON.stringify({ model: route, messages: [{ role: "user", content: "Hello" }] }),
      });
      await response.text();
      return response.headers.get(TARGET_HEADER);
    };
    await eventually(async () => expect(await answeredBy()).toBe("phi-3-mini"));

    const page = (await browser?.newPage()) ?? expect.fail("no browser");
    onTestFinished(() => page.close());
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(String(error)));
    await page.goto(`${siteUrl}/admin/routes`);
    await page.getByLabel("Admin key").fill(adminKey);
    await page.keyboard.press("Enter");
    await page.getByRole("row", { name: /outside\/small.*\$1\.00.*\$2\.00/ }).waitFor();
    await page.getByRole("button", { name: `Weights of ${route}` }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("phi-3-mini").fill("x");
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.getByText("Each weight is a number from 0 to 1000.").waitFor();
    await dialog.getByLabel("phi-3-mini").fill("0");
    await dialog.getByLabel("outside/small").fill("10");
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.waitFor({ state: "detached" });
    await page.getByText("outside/small: weight 10").waitFor();
    await eventually(async () => expect(await answeredBy()).toBe("outside/small"));

    await page.getByRole("button", { name: `Restore ${route}` }).click();
    await dialog.getByRole("button", { name: "Restore" }).click();
    await page.getByText("phi-3-mini: weight 100").waitFor();
    await eventually(async () => expect(await answeredBy()).toBe("phi-3-mini"));
    expect(complaints).toEqual([]);
  }, 180_000);
});
