import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { describeConsole, signInWithKey, withPreferences } from "./test/console-stage.ts";

/** Lets the service respond to a path with an error. */
async function refuse(page: Page, path: string, status: number, message: string, method = "GET"): Promise<void> {
  await page.route(path, async (route) => {
    const { url, methodOf } = { url: new URL(route.request().url()), methodOf: route.request().method() };
    if (methodOf !== method || url.origin === new URL(page.url()).origin) return route.fallback();
    await route.fulfill({
      status,
      headers: { "access-control-allow-origin": "*" },
      json: { error: { message, type: "invalid_request_error", code: "refused", param: null } },
    });
  });
}

describeConsole("what the console says of a request that fails", {}, (stage) => {
  // documented: console-problems
  test("names the key, not the role, where the scopes of the key do not permit it", async () => {
    const { control, open } = stage();
    control.projects.push({ id: "proj_1", name: "search" });
    const page = await open("/admin/projects");
    const message = "The scopes of your admin key do not permit this (rule key-scope:projects.write); use another key.";
    await refuse(page, "**/v1/organization/projects", 403, message, "POST");
    await signInWithKey(page);
    await page.getByLabel("New project").fill("find");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").getByText("The key that you are signed in with does not permit this.").waitFor();
    expect(await page.getByText("Your role does not allow this.").count()).toBe(0);
    await refuse(page, "**/v1/organization/usage/**", 403, message.replaceAll("projects.write", "usage.read"));
    await page.getByRole("link", { name: "Dashboard" }).click();
    await page.getByText("The admin key that you are signed in with lacks the permission").waitFor();
  });

  test("draws no table above which the list's problem stands", async () => {
    const { open } = stage();
    const page = await open("/admin/invites");
    await refuse(page, "**/v1/organization/invites?*", 400, "no");
    await signInWithKey(page);
    await page.locator("main").getByRole("alert").first().waitFor();
    expect(await page.getByRole("columnheader").count()).toBe(0);
  });

  test("gives no advice about headers to whoever restores a provider that somebody else changed", async () => {
    const { open } = stage();
    const page = await open("/admin/providers");
    await refuse(page, "**/admin/providers/*", 412, "It has version 4 now; send it as If-Match.", "DELETE");
    await signInWithKey(page);
    await page
      .getByRole("button", { name: /^Restore/ })
      .first()
      .click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Restore" }).click();
    await dialog
      .getByText("Somebody else changed this meanwhile. Close the dialog to see what is there now.")
      .waitFor();
    expect(await dialog.getByText("If-Match").count()).toBe(0);
  });

  test("does not say that a provider's models are in no route where the targets can't be read", async () => {
    const { open } = stage();
    const page = await open("/admin/providers");
    await refuse(page, "**/admin/targets", 400, "no");
    await signInWithKey(page);
    await page.getByRole("cell", { name: "Not known" }).first().waitFor();
    expect(await page.getByText("In no route").count()).toBe(0);
  });

  test("reads amounts with the separator of the page's language", async () => {
    const { control, open } = stage();
    control.projects.push({ id: "proj_1", name: "search" });
    const page = await open("/admin/credits", {}, withPreferences({ "sluice.locale": "de" }));
    await signInWithKey(page);
    await page.getByLabel("Betrag in US-Dollar").fill("1.000");
    await page.getByRole("button", { name: "Gewähren" }).click();
    await page.getByText("Schreiben Sie eine Zahl ohne Vorzeichen und ohne Tausenderpunkte").waitFor();
    await page.getByLabel("Betrag in US-Dollar").fill("12,5");
    const sent = page.waitForRequest((request) => request.method() === "POST" && request.url().includes("/credits/"));
    await page.getByRole("button", { name: "Gewähren" }).click();
    expect((await sent).postDataJSON()).toMatchObject({ amount_nano_usd: 12_500_000_000 });
  });
});
