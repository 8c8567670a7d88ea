import { expect, test } from "vitest";
import { eventually } from "../test-support/waits/eventually.ts";
import { describeConsole, signInWithKey } from "./test/console-stage.ts";
import { accountOf, scriptedKey } from "./test/scripted-control.ts";

describeConsole("the keys page", {}, (stage) => {
  // documented: console-keys-by-keyboard
  test("takes an administrator from the sign-in to a project, a key and its secret, by keyboard alone", async () => {
    const { control, open } = stage();
    const page = await open("/keys");
    await signInWithKey(page);
    await page.getByLabel("Name of the project").fill("search");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "No keys yet" }).waitFor();
    await page.getByRole("button", { name: "Create key" }).press("Enter");
    const dialog = page.getByRole("dialog", { name: "Create key" });
    await dialog.getByLabel("Name").press("Enter");
    await dialog.getByText("Enter a name.").waitFor();
    await dialog.getByLabel("Name").fill("indexer");
    await page.keyboard.press("Enter");
    const secret = page.getByRole("dialog", { name: "Your new key" });
    expect(await secret.getByLabel("Secret key").inputValue()).toBe(`sk-sl-${control.keys[0]?.id}-secret`);
    const created = control.seen.find(({ url, method }) => method === "POST" && url.includes("service_accounts"));
    expect(created?.body).toEqual({ name: "indexer", expires_in_seconds: 90 * 86_400 });
    expect(created?.idempotencyKey).toMatch(/^[\w-]{36}$/);
    await secret.getByRole("button", { name: "Done" }).press("Enter");
    await page.getByRole("row", { name: /indexer/ }).waitFor();
    // The secret is nowhere in the page any more.
    expect(await page.content()).not.toContain("-secret");
    expect(new URL(page.url()).search).toBe("?project=proj_1");
    expect(
      await page.evaluate("JSON.stringify({ ...localStorage, ...sessionStorage }) + document.cookie"),
    ).not.toContain("sk-");
  });

  test("opens a project behind the first hundred by a link", async () => {
    const { control, open } = stage();
    for (let index = 1; index <= 230; index++) control.projects.push({ id: `proj_${index}`, name: `project ${index}` });
    control.keys.push(scriptedKey("indexer"));
    const page = await open("/keys?project=proj_205");
    await signInWithKey(page);
    await page.getByRole("row", { name: /indexer/ }).waitFor();
    const lists = control.seen.filter(({ url }) => url.includes("/projects/") && url.includes("/api_keys"));
    expect(lists.length).toBeGreaterThan(0);
    for (const { url } of lists) expect(url).toContain("proj_205");
  });

  // documented: console-key-on-one-line
  test("shows each key on one line in a window of 1280 pixels and in the narrowest with columns", async () => {
    const { control, open } = stage();
    control.projects.push({ id: "proj_1", name: "search" });
    control.keys.push({ ...scriptedKey("the indexer of all documents"), redacted_value: "sk-sl-mmwwmmwwmmww...WMWM" });
    const page = await open("/keys");
    await signInWithKey(page);
    const key = page.getByRole("row", { name: /indexer/ }).locator("code", { hasText: "sk-sl-mmww" });
    for (const width of [1280, 976]) {
      await page.setViewportSize({ width, height: 800 });
      await key.waitFor();
      expect(await key.evaluate((element) => element.getClientRects().length), String(width)).toBe(1);
    }
  });

  test("rotates a key: the old one works until it is revoked", async () => {
    const { control, open } = stage();
    control.projects.push({ id: "proj_1", name: "search" });
    const old = scriptedKey("indexer");
    control.keys.push(old);
    const page = await open("/keys");
    await signInWithKey(page);
    await page.getByRole("button", { name: "Rotate indexer" }).click();
    await page.getByRole("button", { name: "Create the new key" }).click();
    await page.getByRole("dialog", { name: "Your new key" }).getByLabel("Secret key").waitFor();
    expect(control.keys.map(accountOf)).toEqual(Array(2).fill(accountOf(old)));
    await page.getByRole("button", { name: "Revoke the old key now" }).click();
    await page.getByText("The key was revoked.").first().waitFor();
    expect(control.keys.map(({ id }) => id)).not.toContain(old.id);
  });

  test("revokes a key after a confirmation, and says so", async () => {
    const { control, open } = stage();
    control.projects.push({ id: "proj_1", name: "search" });
    control.keys.push(scriptedKey("indexer"));
    const page = await open("/keys");
    await signInWithKey(page);
    await page.getByRole("button", { name: "Revoke indexer" }).click();
    const dialog = page.getByRole("dialog", { name: "Revoke indexer?" });
    await dialog.waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    expect(control.keys).toHaveLength(1);
    await page.getByRole("button", { name: "Revoke indexer" }).click();
    await dialog.getByRole("button", { name: "Revoke", exact: true }).click();
    await page.getByRole("status").getByText("The key was revoked.").waitFor();
    await page.getByRole("heading", { name: "No keys yet" }).waitFor();
    expect(control.keys).toEqual([]);
  });

  // documented: console-long-lists
  test("reads a list of 1000 keys page by page, with the rows in view alone in the document", async () => {
    const { control, open } = stage();
    control.projects.push({ id: "proj_1", name: "search" });
    control.keys.push(...Array.from({ length: 1000 }, (_, index) => scriptedKey(`key ${index}`)));
    const page = await open("/keys");
    await signInWithKey(page);
    await page.getByRole("row", { name: /key 0\b/ }).waitFor();
    const lists = () => control.seen.filter(({ method, url }) => method === "GET" && url.includes("/api_keys"));
    expect(lists()).toHaveLength(1);
    while ((await page.getByRole("row", { name: /key 999\b/ }).count()) === 0) {
      await page.evaluate("scrollTo(0, document.documentElement.scrollHeight)");
      await page.evaluate("new Promise(requestAnimationFrame)");
    }
    expect(await page.getByRole("row").count()).toBeLessThan(60);
    expect(lists()).toHaveLength(20);
  });

  test("shows what the service says when a key can't be created, and one key comes of two tries", async () => {
    const { control, open } = stage();
    control.projects.push({ id: "proj_1", name: "search" });
    const page = await open("/keys?new=true");
    await signInWithKey(page);
    const dialog = page.getByRole("dialog", { name: "Create key" });
    await dialog.getByLabel("Name").fill("indexer");
    control.failures.push("permission_denied");
    await page.keyboard.press("Enter");
    await dialog.getByRole("alert").getByText("Your role does not allow this.").waitFor();
    await dialog.getByRole("button", { name: "Create key" }).click();
    await page.getByLabel("Secret key").waitFor();
    const tries = control.seen.filter(({ url, method }) => method === "POST" && url.includes("service_accounts"));
    expect(new Set(tries.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
    expect(tries).toHaveLength(2);
  });

  // documented: console-key-rights
  test("shows no button to somebody whose admin key is a reader's, which the API would refuse", async () => {
    const { control, open } = stage();
    control.organization.role = "reader";
    control.projects.push({ id: "proj_1", name: "search" });
    control.keys.push(scriptedKey("web"));
    const page = await open("/keys?new=true");
    await signInWithKey(page);
    await page.getByRole("row", { name: /web/ }).waitFor();
    await eventually(() => expect(control.seen.some(({ url }) => url.includes("admin_api_keys"))).toBe(true));
    expect(await page.getByRole("button", { name: /Create key|Revoke|Rotate/ }).count()).toBe(0);
    expect(await page.getByRole("dialog").count()).toBe(0);
  });
});
