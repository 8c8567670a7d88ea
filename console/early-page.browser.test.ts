import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CONSOLE_PAGES } from "../contracts/site/console-pages.ts";
import { CHROMIUM_REMEDY, findChromium, launchChromium } from "../test-support/chromium.ts";
import type { Loopback } from "../test-support/loopback.ts";
import { sharedBuild } from "../test-support/shared-build.ts";
import { buildConsole } from "./build.ts";
import { serveConsole } from "./test/console-server.ts";
import { exampleConfig, exampleSession, serveExampleConsole, startExampleService } from "./test/example-service.ts";
import type { ScriptedControl } from "./test/scripted-control.ts";

const LOOKS = [
  { viewport: { width: 1350, height: 940 }, locale: "en", theme: "dark" },
  { viewport: { width: 412, height: 823 }, locale: "de", theme: "light" },
];

/** Run in the page: what stands where in the frame and in the title, of an element. */
const STANDING = `(root) => [".bar", ".brand", ".switcher select", ".bar-end", ".pages", ".pages a", ".chip", "h1", ".page-title p"].flatMap(
  (selector) => [...root.querySelectorAll(selector)].map((element) => {
    const { x, y, width, height } = element.getBoundingClientRect();
    const text = element.matches(".bar, .pages") ? "" : element.textContent;
    return [selector, text, ...[x, y, width, element.matches(".pages") ? 0 : height].map(Math.round), getComputedStyle(element).color];
  }))`;

/** Run before a page's scripts: headings that were ever in the document. */
const SEEN = `globalThis.seenHeadings = [];
  new MutationObserver(() => seenHeadings.push(...[...document.querySelectorAll("h1")].map(({ textContent }) => textContent)))
    .observe(document, { childList: true, subtree: true });`;

/** Likewise the sentences below titles. */
const SEEN_LEADS = SEEN.replaceAll("seenHeadings", "seenLeads").replace('"h1"', '".page-title p"');

const hasChromium = findChromium() !== undefined;
if (!hasChromium) console.warn(`Skipping the tests of the early page: ${CHROMIUM_REMEDY}`);

describe.skipIf(!hasChromium)("the early page of the console", () => {
  let browser: Browser;
  let control: ScriptedControl;
  let signedIn: Loopback;
  let signedOut: Loopback;
  beforeAll(async () => {
    const { folder } = await sharedBuild({ name: "console", build: buildConsole });
    browser = await launchChromium();
    control = await startExampleService();
    ({ signedIn, signedOut } = await serveExampleConsole(folder, control.origin));
  });
  afterAll(async () => {
    await browser?.close();
    for (const server of [signedIn, signedOut, control]) await server?.close();
  });

  async function opened(
    preferences: Readonly<Record<string, string>>,
    options: BrowserContextOptions = {},
  ): Promise<Page> {
    const context = await browser.newContext({ locale: "en-GB", ...options });
    await context.addInitScript(SEEN);
    for (const [name, value] of Object.entries(preferences))
      await context.addInitScript(`localStorage.setItem("sluice.${name}", ${JSON.stringify(value)})`);
    return context.newPage();
  }

  /** Has the frame's script wait. @returns has it come */
  async function withoutFrame(page: Page): Promise<() => void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    await page.route("**/assets/frame-*.js", async (route) => {
      await promise;
      await route.continue();
    });
    return resolve;
  }

  // documented: console-early-page
  test.each(CONSOLE_PAGES.filter((page) => page !== "login" && page !== "signup"))(
    "has frame, title and lead of /%s where they stay, before the script that draws them has come",
    async (path) => {
      for (const { viewport, locale, theme } of LOOKS) {
        const page = await opened({ locale, theme }, { viewport });
        const bringFrame = await withoutFrame(page);
        await page.goto(`${signedIn.origin}/${path}`);
        const early = await page.locator("#early").evaluate(STANDING);
        expect(await page.locator("html").getAttribute("lang")).toBe(locale);
        expect(await page.locator("html").getAttribute("data-theme")).toBe(theme);
        bringFrame();
        const root = page.locator("#root");
        await root.locator("h1").waitFor();
        expect(early, `${viewport.width} pixels, ${locale}`).toEqual(await root.evaluate(STANDING));
        expect(await page.locator("#early").count()).toBe(0);
        await page.context().close();
      }
    },
  );

  test("has the account's button for the keyboard: the page's own one has its focus and its press, which opens the menu", async () => {
    for (const isPressed of [true, false]) {
      const page = await opened({});
      const bringFrame = await withoutFrame(page);
      await page.goto(`${signedIn.origin}/keys`);
      await page.locator("#early").getByRole("button", { name: "Account" }).waitFor();
      await page.keyboard.press("Tab");
      const focused = () => page.evaluate("document.activeElement.textContent");
      expect(await focused()).toBe("Account");
      if (isPressed) await page.keyboard.press("Enter");
      bringFrame();
      await page.locator("#root h1").waitFor();
      expect(await focused()).toBe("Account");
      const signOut = page.locator("#account-menu").getByRole("button", { name: "Sign out" });
      if (!isPressed) {
        expect(await signOut.isVisible()).toBe(false);
        await page.keyboard.press("Enter");
      }
      await signOut.waitFor();
      await page.keyboard.press("Tab");
      expect(await page.evaluate(`document.activeElement.closest("#account-menu") !== null`)).toBe(true);
      await page.context().close();
    }
  });

  test("shows nothing of a page to whoever has to sign in first", async () => {
    const page = await opened({});
    await page.goto(`${signedOut.origin}/dashboard`);
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    expect([...new Set((await page.evaluate("seenHeadings")) as string[])]).toEqual(["Sign in"]);
  });

  // A title that depends on the address or a setting is the page's own alone.
  test.each([
    { path: "dashboard?zone=Europe/Berlin", lead: /Europe\/Berlin/ },
    { path: "history?chat=chat_1", lead: / / },
    { path: "own-keys", lead: /People make no keys/, memberKeys: undefined },
  ])("is left out where the page's title may be another: /$path", async ({ path, lead, ...settings }) => {
    const config = exampleConfig(control.origin);
    const console = { people: true, ...config.console, ...settings };
    const { folder } = await sharedBuild({ name: "console", build: buildConsole });
    const site = await serveConsole(folder, { ...config, console }, () => ({ status: 200, body: exampleSession() }));
    const page = await opened({});
    await page.addInitScript(SEEN_LEADS);
    await page.goto(`${site.origin}/${path}`);
    await page.locator("#root .page-title p").filter({ hasText: lead }).waitFor();
    expect(new Set((await page.evaluate("seenLeads")) as string[]).size).toBe(1);
    await page.context().close();
    await site.close();
  });

  test("goes away when the page's code does not come, and the page says so and requests it again", async () => {
    const page = await opened({});
    await page.route("**/assets/keys-page-*.js", (route) => route.abort());
    await page.goto(`${signedIn.origin}/keys`);
    await page.getByRole("alert").waitFor();
    expect(await page.getByRole("heading", { level: 1 }).allTextContents()).toEqual(["This page could not be shown"]);
    expect(await page.locator("#early").count()).toBe(0);
    await page.unroute("**/assets/keys-page-*.js");
    await page.getByRole("button", { name: "Try again" }).click();
    await page.locator("#root").getByRole("heading", { level: 1, name: "API keys" }).waitFor();
  });

  test("is followed by the page when the code of the account menu does not come, and the menu says so", async () => {
    const page = await opened({});
    await page.route("**/assets/account-menu-*.js", (route) => route.abort());
    await page.goto(`${signedIn.origin}/keys`);
    await page.getByRole("button", { name: "Account" }).click();
    await page.locator("#account-menu").getByRole("alert").waitFor();
    expect(await page.getByRole("heading", { level: 1 }).allTextContents()).toEqual(["API keys"]);
    await page.unroute("**/assets/account-menu-*.js");
    await page.locator("#account-menu").getByRole("button", { name: "Try again" }).click();
    await page.getByRole("button", { name: "Account" }).click();
    await page.getByRole("button", { name: "Sign out" }).waitFor();
  });

  test("is not needed by a page that is opened offline from another: the browser's state is named, and a retry with a connection shows it", async () => {
    const page = await opened({});
    await page.goto(`${signedIn.origin}/keys`);
    await page.locator("#root").getByRole("heading", { level: 1, name: "API keys" }).waitFor();
    await page.context().setOffline(true);
    await page.getByRole("link", { name: "History" }).click();
    await page.getByRole("alert").getByText("This browser has no network connection.").waitFor();
    await page.context().setOffline(false);
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("heading", { level: 1, name: "History" }).waitFor();
  });

  test("is not there without JavaScript, and the page says what it needs in both languages", async () => {
    const page = await opened({}, { javaScriptEnabled: false });
    await page.goto(`${signedIn.origin}/dashboard`);
    await page.locator("noscript").waitFor();
    expect(await page.locator("noscript").textContent()).toBe(
      "The console needs JavaScript. Die Konsole braucht JavaScript.",
    );
    expect(await page.locator("h1").count()).toBe(0);
  });
});
