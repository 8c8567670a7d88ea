import { PutCommand } from "@aws-sdk/lib-dynamodb";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { keysTableName } from "../contracts/processes/names.ts";
import { createKey } from "../domain/keys/key-item.ts";
import { loadEnvironment } from "../environments/load.ts";
import { CHROMIUM_REMEDY, findChromium, launchChromium } from "../test-support/chromium.ts";
import { startFakeEngine } from "../test-support/fake-engine.ts";
import { eventually } from "../test-support/waits/eventually.ts";
import { stackOwner } from "./test/stack-owner.ts";
import { startedTwin } from "./test/started-twin.ts";

const dev = await loadEnvironment("dev");
const skipped = findChromium() === undefined ? ` (${CHROMIUM_REMEDY})` : "";

describe.skipIf(skipped !== "")(`the live view on the local stack${skipped}`, () => {
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  // documented: console-live
  test("an operator sees a running stream with its tokens and stops it, finds its line in the log, then drains a target by hand", async () => {
    const engine = await startFakeEngine({ tokens: 100_000, intervalMs: 20 });
    onTestFinished(() => engine.stop());
    const environment = {
      ...dev,
      api: { ...dev.api, auth: "required" as const, controlApi: true },
      site: { ...dev.site, console: "on" as const },
    };
    const twin = await startedTwin(environment, { SLUICE_ENGINE_URL: engine.origin });
    const { apiUrl, siteUrl } = twin.runtime.settings;
    const { adminKey, document } = await stackOwner(twin);
    const { item, secret: caller } = createKey({ name: "k", plan: "standard", createdAt: new Date() });
    await document.send(new PutCommand({ TableName: keysTableName("dev"), Item: item }));
    const stream = () =>
      fetch(`${apiUrl}/v1/chat/completions`, {
        method: "POST",
        headers: { authorization: `Bearer ${caller}`, "content-type": "application/json" },
        body: JSON.stringify({ model: "phi-3-mini", stream: true, messages: [{ role: "user", content: "Hello" }] }),
      });
    // The engine may not be in the target group yet.
    const streaming = await eventually(async () => {
      const started = await stream();
      if (started.status !== 200) await started.body?.cancel();
      expect(started.status).toBe(200);
      return started;
    });
    const text = streaming.text();
    const id = streaming.headers.get("x-request-id") ?? expect.fail("no request id");

    const page = (await browser?.newPage()) ?? expect.fail("no browser");
    onTestFinished(() => page.close());
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(String(error)));
    await page.goto(`${siteUrl}/admin/live`);
    await page.getByLabel("Admin key").fill(adminKey);
    await page.keyboard.press("Enter");
    const row = page.getByRole("row", { name: new RegExp(id) });
    await row.waitFor();
    const tokens = async () =>
      Number((await row.locator('[data-column="tokens"] .number').textContent())?.replace(",", ""));
    const before = await tokens();
    await eventually(async () => expect(await tokens()).toBeGreaterThan(before));
    await page.getByRole("link", { name: "Health" }).click();
    const model = page.getByRole("article", { name: "phi-3-mini" });
    await model.getByText("1 engine ready").waitFor();
    // The stream began before the gateway had found the engine, at the load balancer's address: it has no slot of the engine.
    await model.getByText(/^[01] of 64$/).waitFor();
    await page.getByRole("link", { name: "Live" }).click();
    await row.waitFor();
    await page.getByRole("button", { name: `Stop ${id}` }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Stop", exact: true }).click();
    await page.getByText("No request is in progress.").waitFor();
    expect(await text).toContain("An operator stopped this request");
    await eventually(() => expect(engine.received.at(-1)?.aborted).toBe(true));
    await page.getByRole("link", { name: "Log", exact: true }).click();
    await page.getByLabel("Request").fill(id);
    await page.keyboard.press("Enter");
    await row.getByText("phi-3-mini", { exact: true }).waitFor();

    await page.getByRole("link", { name: "Targets" }).click();
    await page.getByRole("button", { name: "Drain for phi-3-mini: phi-3-mini" }).click();
    await page.getByText("Drained by hand").waitFor();
    await eventually(async () => {
      const refused = await stream();
      await refused.body?.cancel();
      expect(refused.status).toBe(503);
    });
    await page.getByRole("button", { name: "Release for phi-3-mini: phi-3-mini" }).click();
    await page.getByText("Drained by hand").waitFor({ state: "detached" });
    expect(complaints).toEqual([]);
  }, 180_000);
});
