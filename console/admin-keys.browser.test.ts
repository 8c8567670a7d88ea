import { expect, test } from "vitest";
import { describeConsole, findNothing, hardCoded, signInWithKey, withPreferences } from "./test/console-stage.ts";
import { scriptedAdminKey } from "./test/scripted-organization.ts";

describeConsole("the page of admin keys", {}, (stage) => {
  // documented: console-admin-keys
  test("creates a key with chosen permissions, shows its secret once and what each key permits, and deletes it", async () => {
    const { control, open } = stage();
    control.organization.adminKeys.push(scriptedAdminKey("first", null));
    const page = await open("/admin/keys");
    await signInWithKey(page);
    await page.getByRole("row", { name: /first.*All that its owner may do/ }).waitFor();
    const current = page.getByRole("navigation", { name: "Pages" }).locator("[aria-current]");
    expect(await current.allTextContents()).toEqual(["Administration"]);
    await page.getByRole("button", { name: "Create admin key" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name", { exact: true }).fill("reports");
    await dialog.getByLabel("Permits").selectOption("Only what is chosen");
    await dialog.getByRole("button", { name: "Create admin key" }).click();
    await dialog.getByText("Choose at least one permission.").waitFor();
    expect(control.organization.adminKeys).toHaveLength(1);
    await dialog.getByLabel("See usage and costs").check();
    await dialog.getByLabel("See projects", { exact: true }).check();
    await dialog.getByRole("button", { name: "Create admin key" }).click();
    const secret = dialog.getByLabel("Secret key");
    await secret.waitFor();
    const made = control.organization.adminKeys[0] ?? expect.fail("no key");
    expect(await secret.inputValue()).toBe(`sk-admin-${made.id}-secret`);
    await dialog.getByText("/v1/organization/projects").waitFor();
    expect(made.scopes).toEqual(["usage.read", "projects.read"]);
    await dialog.getByRole("button", { name: "Done" }).click();
    await page.getByRole("row").filter({ hasText: "reports" }).getByText("2 permissions").waitFor();
    await page.getByRole("button", { name: "Delete reports" }).click();
    await dialog.getByRole("button", { name: "Delete", exact: true }).click();
    await page.getByRole("row", { name: /reports/ }).waitFor({ state: "detached" });
    expect(control.organization.adminKeys.map(({ name }) => name)).toEqual(["first"]);
    // What was announced is over in a dialog that is opened later.
    await page.getByRole("status").filter({ hasText: "The admin key was deleted." }).waitFor();
    await page.clock.install({ time: Date.now() + 60_000 });
    await page.getByRole("button", { name: "Create admin key" }).click();
    await dialog.getByLabel("Permits").waitFor();
    expect(await dialog.getByRole("status").textContent()).toBe("");
  });

  // documented: console-own-admin-key
  test("marks the key that is in use, warns before it is deleted, and tells keys of one name apart", async () => {
    const { control, open } = stage();
    const [other, own] = [scriptedAdminKey("reports", null), scriptedAdminKey("reports", null)];
    control.organization.adminKeys.push(other, own);
    const secret = `sk-admin-${own.id}-secret-wxyz`;
    control.accepted.add(secret);
    const page = await open("/admin/keys");
    await page.locator("#admin-key").fill(secret);
    await page.locator("#admin-key").press("Enter");
    const row = page.getByRole("row").filter({ hasText: "You use it now" });
    await row.getByText(own.redacted_value).waitFor();
    expect(await row.count()).toBe(1);
    const warning = page.getByRole("dialog").getByText("deleting it signs you out");
    await page.getByRole("button", { name: `Delete reports (${own.redacted_value})`, exact: true }).click();
    await warning.waitFor();
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("button", { name: `Delete reports (${other.redacted_value})`, exact: true }).click();
    await page.getByRole("dialog").getByText(`The next request with ${other.redacted_value} is refused.`).waitFor();
    expect(await warning.count()).toBe(0);
  });

  test("has nothing that axe finds in the form of a new key, and no text without a translation", async () => {
    const { open } = stage();
    const page = await open("/admin/keys", {}, withPreferences({ "sluice.locale": "en-XA" }));
    await signInWithKey(page);
    await page.locator("main button.primary").click();
    const dialog = page.getByRole("dialog");
    await dialog.locator("#key-permits").selectOption("chosen");
    await dialog.getByRole("checkbox").first().waitFor();
    await findNothing(page);
    expect(await hardCoded(page)).toEqual([]);
  });

  test("is not offered to a reader", async () => {
    const { control, open } = stage();
    control.organization.role = "reader";
    const page = await open("/admin/keys");
    await signInWithKey(page);
    await page.getByRole("heading", { name: "This page is for administrators" }).waitFor();
  });
});
