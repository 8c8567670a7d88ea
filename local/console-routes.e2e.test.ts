import { PutCommand } from "@aws-sdk/lib-dynamodb";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { AdminPrice, AdminProvider } from "../contracts/api/admin.ts";
import { TARGET_HEADER } from "../contracts/api/headers.ts";
import { OperatorKey } from "../contracts/control/admin-keys.ts";
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

  /** A running stack with the route `assistant` to the pool and to a provider, an owner, and a page of a browser. */
  async function withOutside() {
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
    const page = (await browser?.newPage()) ?? expect.fail("no browser");
    onTestFinished(() => page.close());
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(String(error)));
    const operatorKey = await fetch(`${apiUrl}/v1/organization/operator_keys`, {
      method: "POST",
      headers: { authorization: `Bearer ${adminKey}` },
    });
    const operator = OperatorKey.parse(await operatorKey.json()).value;
    return { apiUrl, siteUrl, adminKey, secret, operator, page, complaints };
  }

  // documented: console-routes
  test("an owner changes a route's weights in the console, and answers come from the other target until it is restored", async () => {
    const { apiUrl, siteUrl, adminKey, secret, operator, page, complaints } = await withOutside();
    const answeredBy = async () => {
      const response = await fetch(`${apiUrl}/v1/chat/completions`, {
        method: "POST",
        headers: { authorization: `Bearer ${secret}`, "content-type": "application/json" },
        body: JSON.stringify({ model: "assistant", messages: [{ role: "user", content: "Hello" }] }),
      });
      await response.text();
      return response.headers.get(TARGET_HEADER);
    };
    await eventually(async () => expect(await answeredBy()).toBe("phi-3-mini"));

    const change = { inputUsdPerMillion: 0.25, outputUsdPerMillion: 1, from: "2030-01-01T00:00:00.000Z" };
    const price = { inputUsdPerMillion: 0.5, outputUsdPerMillion: 2, priceChanges: [change] };
    const put = await fetch(`${apiUrl}/admin/prices/phi-3-mini`, {
      method: "PUT",
      headers: { authorization: `Bearer ${operator}`, "content-type": "application/json" },
      body: JSON.stringify(price),
    });
    expect(put.status).toBe(200);

    await page.goto(`${siteUrl}/admin/routes`);
    await page.getByLabel("Admin key").fill(adminKey);
    await page.keyboard.press("Enter");
    await page.getByRole("row", { name: /outside\/small.*\$1\.00.*\$2\.00/ }).waitFor();
    await page.getByRole("row", { name: /phi-3-mini.*Outside of changes.*\$0\.50.*\$2\.00/ }).waitFor();
    await page.getByRole("row", { name: /phi-3-mini.*From Jan 1, 2030.*\$0\.25.*\$1\.00/ }).waitFor();
    await page.getByRole("button", { name: "Weights of assistant" }).click();
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

    await page.getByRole("button", { name: "Restore assistant" }).click();
    await dialog.getByRole("button", { name: "Restore" }).click();
    await page.getByText("phi-3-mini: weight 100").waitFor();
    await eventually(async () => expect(await answeredBy()).toBe("phi-3-mini"));

    // As a gateway of an earlier release: the prices of providers are shown all the same.
    await page.route("**/admin/prices", (route) =>
      route.fulfill({ status: 404, headers: { "access-control-allow-origin": "*" }, json: {} }),
    );
    await page.reload();
    await page.getByLabel("Admin key").fill(adminKey);
    await page.keyboard.press("Enter");
    await page.getByRole("row", { name: /outside\/small.*\$1\.00.*\$2\.00/ }).waitFor();
    expect(complaints).toEqual([]);
  }, 180_000);

  // documented: console-override-conflict
  test("an operator whom another one forestalled sees what was changed, and makes the change on top of it", async () => {
    const { apiUrl, siteUrl, adminKey, operator, page, complaints } = await withOutside();
    await page.goto(`${siteUrl}/admin/targets`);
    await page.getByLabel("Admin key").fill(adminKey);
    await page.keyboard.press("Enter");
    const drain = page.getByRole("button", { name: "Drain for assistant: outside/small" });
    await drain.waitFor();
    const path = `${apiUrl}/admin/routes/assistant/override`;
    const call = (method: string, body?: object) =>
      fetch(path, {
        method,
        headers: { authorization: `Bearer ${operator}`, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    // The page's own readings wait, so that it does not know of the other change.
    await page.route("**/admin/targets", async (route) => {
      if (route.request().resourceType() === "document") await route.continue();
    });
    expect((await call("POST", { force: "phi-3-mini", drain: [] })).status).toBe(200);
    await drain.click();
    const notice = page.getByRole("alert");
    await notice.getByText("Another operator changed the override of assistant").waitFor();
    await notice.getByText("First is now phi-3-mini.").waitFor();
    expect(await (await call("GET")).json()).toMatchObject({ settings: { force: "phi-3-mini", drain: [] } });
    await page.unroute("**/admin/targets");
    await notice.getByRole("button", { name: "Drain outside/small too" }).click();
    await notice.waitFor({ state: "detached" });
    expect(await (await call("GET")).json()).toMatchObject({
      settings: { force: "phi-3-mini", drain: ["outside/small"] },
    });
    expect(complaints).toEqual([]);
  }, 180_000);

  // documented: console-providers
  test("an owner tries a provider's connection and changes its limits, on top of what somebody else changed meanwhile", async () => {
    const { apiUrl, siteUrl, adminKey, operator, page, complaints } = await withOutside();
    const path = `${apiUrl}/admin/providers/outside`;
    const headers = { authorization: `Bearer ${operator}`, "content-type": "application/json" };
    const stored = async () => AdminProvider.parse(await (await fetch(path, { headers })).json());
    await page.goto(`${siteUrl}/admin/providers`);
    await page.getByLabel("Admin key").fill(adminKey);
    await page.keyboard.press("Enter");
    const card = page.getByRole("article", { name: "outside" });
    await card.getByText("From the environment file").waitFor();
    await card.getByRole("row", { name: /small.*Available.*Breaker closed.*assistant/ }).waitFor();
    await card.getByRole("button", { name: "Try the connection: outside" }).click();
    await card.getByText(/It responds, in [\d,]+ ms, and lists \d+ models?\./).waitFor();
    const { settings: before } = await stored();

    await card.getByRole("button", { name: "Change limits: outside" }).click();
    const dialog = page.getByRole("dialog", { name: "Limits of outside" });
    await dialog.getByLabel("Requests at once").fill("0");
    await dialog.getByRole("button", { name: "Save" }).click();
    expect(await dialog.getByLabel("Requests at once").getAttribute("aria-invalid")).toBe("true");
    const other = { ...before, priority: 77 };
    expect((await fetch(path, { method: "PUT", headers, body: JSON.stringify(other) })).status).toBe(200);
    await dialog.getByLabel("Requests at once").fill("7");
    await dialog.getByRole("button", { name: "Save" }).click();
    const notice = dialog.getByRole("alert");
    await notice.getByText(`Priority: ${before.priority} → 77`).waitFor();
    expect((await stored()).settings).toEqual(other);
    await notice.getByRole("button", { name: "Go on from the current state" }).click();
    expect(await dialog.getByLabel("Priority").inputValue()).toBe("77");
    await dialog.getByLabel("Requests at once").fill("7");
    await dialog.getByLabel("Cap of a month in US dollars, empty for none").fill("12.5");
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.waitFor({ state: "detached" });
    await card.getByText(/^Changed/).waitFor();
    expect((await stored()).settings).toEqual({ ...other, maxInFlight: 7, monthlyCapUsd: 12.5 });

    // Who was forestalled reads what is there now by closing the dialog.
    await card.getByRole("button", { name: "Restore: outside" }).click();
    expect((await fetch(path, { method: "PUT", headers, body: JSON.stringify(other) })).status).toBe(200);
    await page.getByRole("dialog").getByRole("button", { name: "Restore" }).click();
    await page.getByRole("dialog").getByText("Somebody else changed this meanwhile.").waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
    await card.getByText("$12.50").waitFor({ state: "detached" });
    await card.getByRole("button", { name: "Restore: outside" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Restore" }).click();
    await card.getByText("From the environment file").waitFor();
    expect(await stored()).toMatchObject({ source: "declared", settings: before });
    expect(complaints).toEqual([]);
  }, 180_000);

  // documented: console-prices
  test("an owner changes a pool's price in the console, now and from a time on, and removes and restores it", async () => {
    const { apiUrl, siteUrl, adminKey, operator, page, complaints } = await withOutside();
    const path = `${apiUrl}/admin/prices/phi-3-mini`;
    const headers = { authorization: `Bearer ${operator}`, "content-type": "application/json" };
    const stored = async () => AdminPrice.parse(await (await fetch(path, { headers })).json());
    const { settings: declared } = await stored();
    await page.goto(`${siteUrl}/admin/routes`);
    await page.getByLabel("Admin key").fill(adminKey);
    await page.keyboard.press("Enter");
    const row = page.getByRole("row", { name: /^phi-3-mini/ });
    const dialog = page.getByRole("dialog");
    const save = dialog.getByRole("button", { name: "Save" });
    await page.getByRole("button", { name: "Change the price of phi-3-mini", exact: true }).click();
    await dialog.getByLabel("Input", { exact: true }).fill("cheap");
    await dialog.getByLabel("Output", { exact: true }).fill("2");
    await save.click();
    await dialog.getByText("Dollars from 0 to 10,000,000, such as 0.15.").waitFor();
    expect(await dialog.getByLabel("Input", { exact: true }).getAttribute("aria-invalid")).toBe("true");
    await dialog.getByLabel("Input", { exact: true }).fill("0.5");
    // Another operator is first.
    const other = { inputUsdPerMillion: 7, outputUsdPerMillion: 7 };
    expect((await fetch(path, { method: "PUT", headers, body: JSON.stringify(other) })).status).toBe(200);
    await save.click();
    await dialog
      .getByRole("alert")
      .getByText(/Outside of changes: .* → Input \$7\.00, Output \$7\.00/)
      .waitFor();
    await dialog.getByRole("button", { name: "Go on from the current state" }).click();
    expect(await dialog.getByLabel("Output", { exact: true }).inputValue()).toBe("7");
    await dialog.getByLabel("Input", { exact: true }).fill("0.5");
    await save.click();
    await dialog.waitFor({ state: "detached" });
    await row.filter({ hasText: /Outside of changes.*\$0\.50.*\$7\.00/ }).waitFor();

    await page.getByRole("button", { name: "New price of phi-3-mini" }).click();
    await save.click();
    expect(await dialog.getByLabel("From (UTC)").getAttribute("aria-invalid")).toBe("true");
    await dialog.getByLabel("From (UTC)").fill("2030-01-01T00:00");
    await dialog.getByLabel("Reasoning").fill("9.5");
    await save.click();
    await row.filter({ hasText: /From Jan 1, 2030.*UTC.*\$0\.50.*\$9\.50/ }).waitFor();
    const change = { inputUsdPerMillion: 0.5, outputUsdPerMillion: 7, reasoningUsdPerMillion: 9.5 };
    expect((await stored()).settings).toEqual({
      inputUsdPerMillion: 0.5,
      outputUsdPerMillion: 7,
      priceChanges: [{ ...change, from: "2030-01-01T00:00:00.000Z" }],
    });

    // Another operator removes the change that is in the form.
    await page.getByRole("button", { name: /^Change the price of phi-3-mini: From Jan 1, 2030/ }).click();
    await dialog.getByLabel("Output", { exact: true }).fill("8");
    expect((await fetch(path, { method: "PUT", headers, body: JSON.stringify(other) })).status).toBe(200);
    await save.click();
    await dialog
      .getByRole("alert")
      .getByText(/From Jan 1, 2030.*: Input \$0\.50, .* → –/)
      .waitFor();
    await dialog.getByRole("button", { name: "Go on from the current state" }).click();
    await save.click();
    await row.filter({ hasText: /From Jan 1, 2030.*\$0\.50.*\$9\.50/ }).waitFor();

    await page.getByRole("button", { name: /^Remove the price of phi-3-mini: From Jan 1, 2030/ }).click();
    await dialog.getByRole("button", { name: "Remove" }).click();
    await row.filter({ hasText: "From Jan 1, 2030" }).waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Restore the price of phi-3-mini" }).click();
    await dialog.getByRole("button", { name: "Restore" }).click();
    await page.getByRole("button", { name: "Restore the price of phi-3-mini" }).waitFor({ state: "detached" });
    expect(await stored()).toMatchObject({ source: "declared", settings: declared });

    // A provider's model has its price in the provider's settings.
    await page.getByRole("button", { name: "Change the price of outside/small", exact: true }).click();
    await dialog.getByLabel("Input", { exact: true }).fill("1.25");
    await save.click();
    await page.getByRole("row", { name: /outside\/small.*\$1\.25.*\$2\.00/ }).waitFor();
    const outside = await (await fetch(`${apiUrl}/admin/providers/outside`, { headers })).json();
    expect(AdminProvider.parse(outside).settings.models.small).toMatchObject({ inputUsdPerMillion: 1.25 });
    expect(complaints).toEqual([]);
  }, 180_000);
});
