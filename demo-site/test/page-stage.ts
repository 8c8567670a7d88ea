import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from "vitest";
import { SiteConfig } from "../../contracts/processes/site-config.ts";
import { axeFindings, END_TRANSITIONS } from "../../test-support/axe-findings.ts";
import { CHROMIUM_REMEDY, findChromium, launchChromium } from "../../test-support/chromium.ts";
import type { Loopback } from "../../test-support/loopback.ts";
import { sharedBuild } from "../../test-support/shared-build.ts";
import type { BuiltFile } from "../../ui/build-page.ts";
import { buildSite } from "../build.ts";
import { type ScriptedApi, startScriptedApi } from "./scripted-api.ts";
import { serveSite } from "./site-server.ts";

/** How long a wait for the page may take, in ms; the page itself needs a small part of it, a loaded machine more. */
export const PATIENCE = 60_000;
const STAND_IN = "HuggingFaceTB/SmolLM2-135M-Instruct";

/** Run in the page: notes each text that notices, clocks and status show, and whether Send was ever off. */
const WATCH = `globalThis.seenTexts = new Set();
new MutationObserver(() => {
  for (const element of document.querySelectorAll("[role=timer], [role=status], .notice p")) seenTexts.add(element.textContent);
  if (document.querySelector("button[type=submit][aria-disabled=true]")) seenTexts.add("Send is off");
}).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true })`;

/** Run in the page: elements beyond the window's right edge; empty when the page does not scroll sideways. */
const TOO_WIDE = `document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll("*")]
  .filter((element) => element.getBoundingClientRect().right > innerWidth).map((element) => element.outerHTML)`;

/** Run in the page: what it looks like, for the message of a finding. */
const LOOK = `(matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light") + ", " + innerWidth + " pixels"`;

/** What a browser test has at hand; made anew for each test, but for the built page and the browser. */
export interface Stage {
  readonly folder: string;
  readonly files: readonly BuiltFile[];
  readonly api: ScriptedApi;
  readonly site: Loopback;
  /** The body of `/config.json`; `undefined` is a 404. */
  config: SiteConfig | undefined;
  /** Opens the page; what it complains about (exceptions, console, content security policy) fails the test. */
  readonly openPage: (options?: BrowserContextOptions) => Promise<Page>;
}

/** A `describe` around the built page in Chromium; skipped with one line where there is none. */
export function describePage(title: string, tests: (stage: () => Stage) => void): void {
  const hasChromium = findChromium() !== undefined;
  if (!hasChromium) console.warn(`Skipping the demo page's browser tests: ${CHROMIUM_REMEDY}`);

  describe.skipIf(!hasChromium)(title, () => {
    let folder: string;
    let files: readonly BuiltFile[];
    let browser: Browser;
    let stage: Stage;
    let complaints: string[];
    let open: Page[];

    beforeAll(async () => {
      ({ folder, result: files } = await sharedBuild({ name: "demo-site", build: buildSite }));
      browser = await launchChromium();
    });

    afterAll(async () => {
      await browser?.close();
    });

    beforeEach(async () => {
      complaints = [];
      open = [];
      const api = await startScriptedApi({ id: "phi-3-mini", root: STAND_IN });
      const site = await serveSite(folder, api.origin, () => stage.config);
      stage = { folder, files, api, site, config: configFor(api.origin), openPage };
    });

    afterEach(async () => {
      for (const page of open) await page.context().close();
      await stage.site.close();
      await stage.api.close();
      expect(complaints).toEqual([]);
    });

    async function openPage(options: BrowserContextOptions = {}): Promise<Page> {
      const context = await browser.newContext(options);
      context.setDefaultTimeout(PATIENCE);
      const page = await context.newPage();
      open.push(page);
      page.on("pageerror", (error) => complaints.push(String(error)));
      page.on("console", (message) => {
        // The browser logs each response that is no success; those are scripted here.
        const isExpected = message.text().startsWith("Failed to load resource");
        if (["error", "warning"].includes(message.type()) && !isExpected) complaints.push(message.text());
      });
      await page.exposeFunction("reportViolation", (text: string) => complaints.push(text));
      await page.addInitScript(
        `addEventListener("securitypolicyviolation", (e) => reportViolation(e.violatedDirective + " " + e.blockedURI))`,
      );
      await page.goto(stage.site.origin);
      return page;
    }

    tests(() => stage);
  });
}

function configFor(apiUrl: string): SiteConfig {
  return SiteConfig.parse({
    environment: "test",
    title: "Sluice demo",
    apiUrl,
    auth: "optional",
    models: [
      { id: "phi-3-mini", displayName: "Phi-3 mini", weights: "microsoft/Phi-3-mini", contextTokens: 4096 },
      { id: "llama-70b", displayName: "Llama 70B", weights: "meta-llama/Llama-70B", contextTokens: 8192 },
    ],
    defaults: { temperature: 0.2, topP: 0.9, maxTokens: 200 },
    samplePrompts: ["List three fruits", "Explain what a load balancer does"],
    visitors: { requestsPerMinute: 60 },
  });
}

/** Waits until the configuration is there, and with it the form is enabled. */
export async function formReady(page: Page): Promise<void> {
  await page.locator("fieldset.fields:enabled").waitFor();
}

export const promptOf = (page: Page) => page.getByLabel("Prompt", { exact: true });
export const responseOf = (page: Page) => page.getByRole("region", { name: "Answer", exact: true });
export const responseTextOf = (page: Page) => page.locator('[data-part="answer-text"]');
export const focusedId = (page: Page) => page.evaluate("document.activeElement.id");

/** Waits until the response's region shows the text. */
export async function sees(page: Page, text: string | RegExp): Promise<void> {
  await responseOf(page).getByText(text).first().waitFor();
}

/** Waits until the status line has the text. */
export async function status(page: Page, text: string | RegExp): Promise<void> {
  await page.getByRole("status").getByText(text).first().waitFor();
}

export async function sendPrompt(page: Page, prompt = "List three fruits"): Promise<void> {
  await promptOf(page).fill(prompt);
  await page.getByRole("button", { name: "Send" }).click();
}

/** From now on notes what passes by, so that a short state is seen however busy this machine is. */
export async function watch(page: Page): Promise<() => Promise<unknown>> {
  await page.evaluate(WATCH);
  return () => page.evaluate("[...seenTexts]");
}

/** Axe finds no violation, and the page does not scroll sideways. */
export async function findNothing(page: Page): Promise<void> {
  expect(await axeFindings(page), String(await page.evaluate(LOOK))).toEqual([]);
  expect(await page.evaluate(TOO_WIDE)).toEqual([]);
}

/** As `findNothing`, in the colours that the page was opened with and in the other ones. */
export async function findNothingInBothSchemes(page: Page, opened: "light" | "dark"): Promise<void> {
  await findNothing(page);
  await setScheme(page, opened === "light" ? "dark" : "light");
  await findNothing(page);
  await setScheme(page, opened);
}

async function setScheme(page: Page, colorScheme: "light" | "dark"): Promise<void> {
  await page.emulateMedia({ colorScheme });
  await page.evaluate(END_TRANSITIONS);
}
