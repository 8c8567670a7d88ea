import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { ACCESSIBILITY_VIEWS } from "./test/accessibility-views.ts";
import {
  describeConsole,
  findNothing,
  findNothingInBothThemes,
  hardCoded,
  signInWithKey,
  withPreferences,
} from "./test/console-stage.ts";
import { someAccess } from "./test/scripted-access.ts";
import { scriptedKey } from "./test/scripted-control.ts";
import { scriptedAdminKey, scriptedEvent, scriptedInvite, scriptedUser } from "./test/scripted-organization.ts";
import { scriptedHold } from "./test/scripted-retention.ts";
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

/** Further pages, what is scrolled to, and what has to be there before they are looked at. */
const PAGES = [["/dashboard", ".chart-figure", ".recharts-bar-rectangle"]] as const;
/** Pages of the administration; each has a table whose second row comes from the service. */
const ADMIN_PAGES = [
  "users",
  "invites",
  "groups?group=group-1",
  "projects",
  "members",
  "keys",
  "limits",
  "credits",
  "health",
  "roles?who=user.user-a",
  "live",
  "logs",
  "targets",
  "routes",
  "providers",
  "retention",
  "audit",
] as const;
const TODAY = new Date().toISOString().slice(0, 10);

describeConsole("the console for everyone", {}, (stage) => {
  // documented: console-accessible
  test.each(ACCESSIBILITY_VIEWS)(
    "axe finds no problem in both themes and no element is too wide at %i pixels, opened in %s and %s",
    { timeout: 240_000 },
    async (width, theme, locale) => {
      const { control, open, site } = stage();
      control.projects.push({ id: "proj_1", name: "search" }, { id: "proj_2", name: "a".repeat(100) });
      control.keys.push(scriptedKey("web"), scriptedKey("x".repeat(100)));
      control.uses.push(scriptedUse(TODAY, {}), scriptedUse(TODAY, { model: "m".repeat(100), user: null }));
      control.limits.push(scriptedBudget("project", "proj_2", 1), scriptedBudget("project", "proj_1", 100));
      const preferences = withPreferences({ "sluice.theme": theme, "sluice.locale": locale });
      const page = await open("/login", { viewport: { width, height: 800 } }, preferences);
      const check = async () => {
        await findNothingInBothThemes(page);
        if (locale === "en-XA") expect(await hardCoded(page)).toEqual([]);
      };
      for (const path of ENTRANCES) {
        await page.goto(`${site.origin}${path}`);
        await page.getByRole("heading", { level: 1 }).waitFor();
        await check();
      }
      await page.goto(`${site.origin}/keys`);
      await signInWithKey(page);
      for (const [, reach] of STATES) {
        await reach(page);
        await check();
      }
      for (const [path, figure, ready] of PAGES) {
        await page.goto(`${site.origin}${path}`);
        await signInWithKey(page);
        await page.locator(figure).scrollIntoViewIfNeeded();
        await page.locator(ready).first().waitFor();
        await check();
      }
    },
  );

  test.each(
    ADMIN_PAGES.flatMap((path) => [
      { path, width: 320, theme: "dark", locale: "de" },
      { path, width: 1440, theme: "light", locale: "en-XA" },
    ]),
  )("/admin/$path has nothing that axe finds at $width pixels in $theme and $locale", async ({ path, ...view }) => {
    const { width, theme, locale } = view;
    const { control, open } = stage();
    control.organization.users.push(scriptedUser("user-a", `${"a".repeat(60)}@example.com`));
    control.organization.invites.push(scriptedInvite("eve@example.com", "invite_1"));
    control.organization.events.push(scriptedEvent(1, "project.created"));
    control.projects.push({ id: "proj_1", name: "search" });
    control.organization.adminKeys.push(scriptedAdminKey("a".repeat(100), ["usage.read", "of.a.newer.release"]));
    control.limits.push(scriptedBudget("project", "proj_1", 1));
    someAccess(control.access, `${"a".repeat(60)}@example.com`);
    control.retention.holds.push(scriptedHold(`user-${"a".repeat(180)}`));
    const preferences = withPreferences({ "sluice.theme": theme, "sluice.locale": locale });
    const page = await open(`/admin/${path}`, { viewport: { width, height: 800 } }, preferences);
    await signInWithKey(page);
    await page.getByRole("row").nth(1).waitFor();
    await findNothing(page);
    if (locale === "en-XA") expect(await hardCoded(page)).toEqual([]);
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

  test.each([
    ["dark", "light"],
    ["light", "dark"],
  ])("of a page opened in %s, a fault that it has in %s alone is found and named", async (opened, faulty) => {
    const page = await stage().open("/login", {}, withPreferences({ "sluice.theme": opened, "sluice.locale": "en" }));
    await page.getByRole("heading", { level: 1 }).waitFor();
    const background = faulty === "light" ? "light-dark(#777, #000)" : "light-dark(#000, #777)";
    await page.evaluate(`document.querySelector("h1").style = "color: #767676; background: ${background}"`);
    await expect(findNothingInBothThemes(page)).rejects.toMatchObject({
      message: expect.stringContaining(`${faulty}, 1280 pixels, en: `),
      actual: [expect.stringContaining("color-contrast: <h1")],
    });
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
