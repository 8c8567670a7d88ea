import { readFile } from "node:fs/promises";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { CHROMIUM_REMEDY, findChromium, launchChromium } from "../test-support/chromium.ts";
import { eventually } from "../test-support/waits/eventually.ts";
import { peopleStack } from "./test/people-stack.ts";

const ADA = "ada@example.com";
const skipped = findChromium() === undefined ? ` (${CHROMIUM_REMEDY})` : "";

describe.skipIf(skipped !== "")(`the history in the console on the local stack${skipped}`, () => {
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  // documented: console-history-people
  test("a person sees what was streamed in the playground, plays it, saves its bytes, exports it and deletes it", async () => {
    const { siteUrl, organization, project } = await peopleStack(ADA, { history: { retentionDays: 1 } });
    await organization.projects.dataRetention.update(project.id, { retention_type: "none" });
    const page = (await browser?.newPage()) ?? expect.fail("no browser");
    onTestFinished(() => page.close());
    await page.goto(`${siteUrl}/login?to=%2Fplayground`);
    await page.getByRole("button", { name: "Continue with single sign-on" }).click();
    await page.getByRole("button", { name: `Sign in as ${ADA}` }).click();
    const models = page.getByRole("combobox", { name: "Model 1" });
    await models.locator("option").first().waitFor({ state: "attached" });
    await page.getByLabel("Prompt", { exact: true }).fill("What is planted?");
    await page.keyboard.press("Enter");
    await page.getByText("Done", { exact: true }).waitFor();
    const shown = (await page.locator(".answer").textContent()) ?? "";

    await page.getByRole("link", { name: "History" }).click();
    const row = page.getByRole("row", { name: /What is planted\?/ });
    // Gateways store it within seconds.
    await eventually(async () => {
      await page.reload();
      await row.waitFor({ timeout: 3_000 });
    });
    await row.getByRole("link").click();
    await page.getByRole("slider", { name: "Position" }).waitFor();
    await eventually(async () => expect(await page.locator(".played-text").textContent()).toBe(shown));
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Download .sse" }).click(),
    ]);
    const bytes = await readFile(await download.path(), "utf8");
    expect(bytes).toMatch(/^data: /);
    expect(bytes).toMatch(/data: \[DONE\]\n\n$/);

    await page.getByRole("link", { name: "Back to the list" }).click();
    await page.getByRole("button", { name: "Export" }).click();
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("dialog").getByRole("button", { name: "Export" }).click(),
    ]);
    expect(await readFile(await file.path(), "utf8")).toMatch(/^id,created,model,.*\r\ngen_.*What is planted\?/);

    await row.getByRole("link").click();
    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await page.getByRole("heading", { name: "Nothing here yet" }).waitFor();
  });
});
