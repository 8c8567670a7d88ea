import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { describeConsole, findNothing, hardCoded, signInWithKey, withPreferences } from "./test/console-stage.ts";
import { scriptedKey } from "./test/scripted-control.ts";
import { scriptedBudget, scriptedUse } from "./test/scripted-usage.ts";

/** Pages before the sign-in, and what has to be there before they are looked at. */
const ENTRANCES = ["/login", "/signup"] as const;

/** States of the pages after the sign-in, each from the one before. */
const STATES: readonly (readonly [string, (page: Page) => Promise<void>])[] = [
  ["the list of keys", (page) => page.getByRole("row").nth(2).waitFor()],
  [
    "the account menu",
    async (page) => {
      await page.locator("button[popovertarget]").click();
      await page.locator("[popover]").waitFor();
    },
  ],
  [
    "the command palette",
    async (page) => {
      await page.keyboard.press("Escape");
      await page.keyboard.press("Control+K");
      await page.locator("[cmdk-item]").first().waitFor();
    },
  ],
  [
    "the form of a new key with a problem",
    async (page) => {
      await page.keyboard.press("Escape");
      await page.locator(".page-title .primary").click();
      await page.locator("#key-name").press("Enter");
      await page.locator(".hint.bad").waitFor();
    },
  ],
  [
    "a new key's secret",
    async (page) => {
      await page.locator("#key-name").fill("indexer");
      await page.keyboard.press("Enter");
      await page.locator("#secret").waitFor();
    },
  ],
  [
    "the question before a key is revoked",
    async (page) => {
      await page.locator("dialog .primary").click();
      await page.locator(".row-actions .danger").first().click();
      await page.locator("dialog .danger").waitFor();
    },
  ],
];

/** Further pages, and what has to be there before they are looked at. */
const PAGES = [["/dashboard", ".recharts-bar-rectangle"]] as const;
const TODAY = new Date().toISOString().slice(0, 10);

describeConsole("the console for everyone", {}, (stage) => {
  describe.each(["dark", "light"])("in %s", (theme) => {
    // documented: console-accessible
    test.each([
      [320, "de"],
      [768, "en"],
      [1440, "en-XA"],
    ])(
      "axe finds no problem and no element is too wide at %i pixels in %s",
      { timeout: 120_000 },
      async (width, locale) => {
        const { control, open } = stage();
        control.projects.push({ id: "proj_1", name: "search" }, { id: "proj_2", name: "a".repeat(100) });
        control.keys.push(scriptedKey("web"), scriptedKey("x".repeat(100)));
        control.uses.push(scriptedUse(TODAY, {}), scriptedUse(TODAY, { model: "m".repeat(100), user: null }));
        control.limits.push(scriptedBudget("project", "proj_2", 1), scriptedBudget("project", "proj_1", 100));
        const preferences = withPreferences({ "sluice.theme": theme, "sluice.locale": locale });
        const viewport = { width, height: 800 };
        for (const path of ENTRANCES) {
          const page = await open(path, { viewport }, preferences);
          await page.getByRole("heading", { level: 1 }).waitFor();
          await findNothing(page);
          if (locale === "en-XA") expect(await hardCoded(page)).toEqual([]);
        }
        const page = await open("/keys", { viewport }, preferences);
        await signInWithKey(page);
        for (const [, reach] of STATES) {
          await reach(page);
          await findNothing(page);
          if (locale === "en-XA") expect(await hardCoded(page)).toEqual([]);
        }
        for (const [path, ready] of PAGES) {
          const other = await open(path, { viewport }, preferences);
          await signInWithKey(other);
          await other.locator(ready).first().waitFor();
          await findNothing(other);
          if (locale === "en-XA") expect(await hardCoded(other)).toEqual([]);
        }
      },
    );
  });

  test("the skip link is the first stop of the keyboard, and leads to the content", async () => {
    const { control, open } = stage();
    control.projects.push({ id: "proj_1", name: "search" });
    const page = await open("/keys");
    await signInWithKey(page);
    await page.getByRole("heading", { name: "No keys yet" }).waitFor();
    await page.evaluate("document.activeElement.blur()");
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.className")).toBe("skip");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Create key");
  });

  test("a text that no message has is found in the pseudo-locale", async () => {
    const page = await stage().open("/login", {}, withPreferences({ "sluice.locale": "en-XA" }));
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.evaluate(
      `document.querySelector("h1").insertAdjacentElement("afterend", document.createElement("p")).append("Hello")`,
    );
    expect(await hardCoded(page)).toEqual(["Hello"]);
  });
});
