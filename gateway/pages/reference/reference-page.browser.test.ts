import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { axeFindings } from "../../../test-support/axe-findings.ts";
import { CHROMIUM_REMEDY, findChromium, launchChromium } from "../../../test-support/chromium.ts";
import { startTestGateway } from "../../test/test-gateway.ts";

const WIDTH = "document.documentElement.scrollWidth";
const GROUND = "getComputedStyle(document.body).backgroundColor";
const path = findChromium();
if (path === undefined) console.warn(`The reference page is not looked at in a browser: ${CHROMIUM_REMEDY}`);

describe.skipIf(path === undefined)("the reference page in a browser", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  test.each([
    ["light", 1400],
    ["dark", 320],
  ] as const)(
    "in %s, %i px wide: axe finds no problem, no element is too wide, the policy allows its style",
    async (colorScheme, width) => {
      const { url } = await startTestGateway();
      const context = await browser.newContext({
        colorScheme,
        viewport: { width, height: 800 },
        javaScriptEnabled: true,
      });
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on("console", (message) => complaints.push(message.text()));
      await page.goto(`${url}/reference`);
      expect(complaints).toEqual([]);
      const closed = await page.evaluate(WIDTH);
      await page.evaluate(`for (const one of document.querySelectorAll("details")) one.open = true`);
      expect([await page.evaluate(GROUND), closed, await page.evaluate(WIDTH)]).toEqual([
        colorScheme === "light" ? "rgb(255, 255, 255)" : "rgb(13, 22, 27)",
        width,
        width,
      ]);
      // The other operations have the same parts; all of them take axe half a minute.
      expect(await axeFindings(page, { include: ["nav", "#versions", "#createEmbedding"] })).toEqual([]);
      await context.close();
    },
  );
});
