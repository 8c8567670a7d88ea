import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CONSOLE_PAGES } from "../contracts/site/console-pages.ts";
import { CHROMIUM_REMEDY, findChromium, launchChromium } from "../test-support/chromium.ts";
import type { Loopback } from "../test-support/loopback.ts";
import { sharedBuild } from "../test-support/shared-build.ts";
import { eventually } from "../test-support/waits/eventually.ts";
import { buildConsole } from "./build.ts";
import { serveConsole } from "./test/console-server.ts";
import { exampleConfig, exampleSession, startExampleService } from "./test/example-service.ts";
import { layoutShifts, oneResponseAtATime } from "./test/layout-shifts.ts";
import type { ScriptedControl } from "./test/scripted-control.ts";

const SIZES = [
  { width: 1350, height: 940 },
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
    const config = exampleConfig(control.origin);
    signedIn = await serveConsole(folder, config, () => ({ status: 200, body: exampleSession() }));
    signedOut = await serveConsole(folder, config, () => ({ status: 401, body: {} }));
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
});
