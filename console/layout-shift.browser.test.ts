import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CONSOLE_PAGES } from "../contracts/site/console-pages.ts";
import { CHROMIUM_REMEDY, findChromium, launchChromium } from "../test-support/chromium.ts";
import type { Loopback } from "../test-support/loopback.ts";
import { sharedBuild } from "../test-support/shared-build.ts";
import { eventually } from "../test-support/waits/eventually.ts";
import { buildConsole } from "./build.ts";
import { serveExampleConsole, startExampleService } from "./test/example-service.ts";
import { layoutShifts, oneResponseAtATime } from "./test/layout-shifts.ts";
import type { ScriptedControl } from "./test/scripted-control.ts";

const SIZES = [
  { width: 1350, height: 940 },
  // So tall that what a page has at its end is in it.
  { width: 1350, height: 2000 },
  { width: 412, height: 823 },
];

const hasChromium = findChromium() !== undefined;
if (!hasChromium) console.warn(`Skipping the tests of layout shifts: ${CHROMIUM_REMEDY}`);

describe.skipIf(!hasChromium)("a page of the console that loads", () => {
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

  // documented: console-layout-shift
  test.each(CONSOLE_PAGES)("moves nothing that is there already: /%s", async (path) => {
    const site = path === "login" || path === "signup" ? signedOut : signedIn;
    for (const viewport of SIZES) {
      const context = await browser.newContext({ viewport, locale: "en-GB" });
      const page = await context.newPage();
      const isWaiting = await oneResponseAtATime(page, control.origin);
      await page.goto(`${site.origin}/${path}`);
      await page.locator("h1").waitFor();
      await eventually(async () => expect((await page.locator(".loading").count()) > 0 || isWaiting()).toBe(false));
      const seen = await layoutShifts(page);
      expect(seen, `${viewport.width} pixels`).toEqual([]);
      await context.close();
    }
  });

  test.each(["admin/live", "admin/health", "admin/logs"])(
    "has no notice of gateways that did not respond, which Lighthouse would take for its largest content: /%s",
    async (path) => {
      const page = await browser.newPage({ locale: "en-GB" });
      await page.goto(`${signedIn.origin}/${path}`);
      await page.getByRole("row").nth(1).waitFor();
      expect(await page.getByText("Not all gateways responded in time").allTextContents()).toEqual([]);
      await page.context().close();
    },
  );
});
