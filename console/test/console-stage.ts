import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from "vitest";
import type { MemberKeys } from "../../contracts/control/project-keys.ts";
import { SiteConfig } from "../../contracts/processes/site-config.ts";
import { axeFindings } from "../../test-support/axe-findings.ts";
import { CHROMIUM_REMEDY, findChromium, launchChromium } from "../../test-support/chromium.ts";
import type { Loopback } from "../../test-support/loopback.ts";
import { sharedBuild } from "../../test-support/shared-build.ts";
import type { BuiltFile } from "../../ui/build-page.ts";
import { buildConsole } from "../build.ts";
import { type SessionCall, type SessionScript, serveConsole } from "./console-server.ts";
import { setTheme, tooWide } from "./page-look.ts";
import { type ScriptedControl, startScriptedControl } from "./scripted-control.ts";

export { hardCoded } from "./page-look.ts";
export { personSession } from "./person-session.ts";

/** How long a wait for the page may take, in ms: a browser on a loaded machine stands still for half a minute. */
const PATIENCE = 60_000;

/** Run in the page: what it looks like, for the message of a finding. */
const LOOK = `document.documentElement.dataset.theme + ", " + innerWidth + " pixels, " + document.documentElement.lang`;

/** What a test has at hand; made anew for each test, but for the built console and the browser. */
export interface ConsoleStage {
  readonly files: readonly BuiltFile[];
  readonly folder: string;
  readonly control: ScriptedControl;
  readonly site: Loopback;
  readonly sessionCalls: readonly SessionCall[];
  /** What `/session` responds with; 401 at first. */
  session: SessionScript;
  /** Opens the path; what the page complains about (exceptions, console, content security policy) fails the test. */
  readonly open: (path: string, options?: BrowserContextOptions, initScript?: string) => Promise<Page>;
}

interface StageOptions {
  /** Whether people sign in at a provider. @default - with admin keys alone */
  readonly people?: boolean;
  /** How people may make keys for themselves. @default - they may not */
  readonly memberKeys?: MemberKeys;
}

/** A `describe` around the built console in Chromium; skipped with one line where there is none. */
export function describeConsole(
  title: string,
  options: StageOptions,
  tests: (stage: () => ConsoleStage) => void,
): void {
  const hasChromium = findChromium() !== undefined;
  if (!hasChromium) console.warn(`Skipping the console's browser tests: ${CHROMIUM_REMEDY}`);

  describe.skipIf(!hasChromium)(title, () => {
    let folder: string;
    let files: readonly BuiltFile[];
    let browser: Browser;
    let stage: ConsoleStage;
    let complaints: string[];
    let contexts: BrowserContext[];

    beforeAll(async () => {
      const [built, started] = await Promise.all([
        sharedBuild({ name: "console", build: buildConsole }),
        launchChromium(),
      ]);
      folder = built.folder;
      files = built.result;
      browser = started;
    });
    afterAll(async () => {
      await browser?.close();
    });

    beforeEach(async () => {
      complaints = [];
      contexts = [];
      const sessionCalls: SessionCall[] = [];
      const control = await startScriptedControl();
      const site = await serveConsole(folder, configFor(control.origin, options), (call) => {
        sessionCalls.push(call);
        return stage.session(call);
      });
      stage = { files, folder, control, site, sessionCalls, session: () => ({ status: 401, body: {} }), open };
    });

    afterEach(async () => {
      for (const context of contexts) await context.close();
      await stage.site.close();
      await stage.control.close();
      expect(complaints).toEqual([]);
    });

    async function open(path: string, contextOptions: BrowserContextOptions = {}, initScript = ""): Promise<Page> {
      const context = await browser.newContext({ locale: "en-GB", timezoneId: "Europe/Berlin", ...contextOptions });
      contexts.push(context);
      await context.addInitScript(initScript);
      context.setDefaultTimeout(PATIENCE);
      return openIn(context, path, stage.site.origin, complaints);
    }

    tests(() => stage);
  });
}

/** Opens a further page of a browser, whose complaints count too. */
export async function openIn(
  context: BrowserContext,
  path: string,
  origin: string,
  complaints: string[] = [],
): Promise<Page> {
  const page = await context.newPage();
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    // The browser logs each response that is no success; those are scripted here.
    const isExpected = message.text().startsWith("Failed to load resource");
    if (["error", "warning"].includes(message.type()) && !isExpected) complaints.push(message.text());
  });
  await page.exposeFunction("reportViolation", (text: string) => complaints.push(text));
  await page.addInitScript(
    `addEventListener("securitypolicyviolation", (e) => reportViolation(e.violatedDirective + " " + e.blockedURI + " " + e.sample))`,
  );
  await page.goto(`${origin}${path}`);
  return page;
}

function configFor(apiUrl: string, { people = false, memberKeys }: StageOptions): SiteConfig {
  return SiteConfig.parse({
    environment: "test",
    title: "Sluice of Example",
    apiUrl,
    auth: "required",
    models: [{ id: "phi-3-mini", displayName: "Phi-3 mini", weights: "microsoft/Phi-3-mini", contextTokens: 4096 }],
    defaults: { temperature: 0.2, topP: 0.9, maxTokens: 200 },
    samplePrompts: [],
    console: { people, ...(memberKeys === undefined ? {} : { memberKeys }) },
  });
}

/** Signs in with the admin key that the scripted API accepts. */
export async function signInWithKey(page: Page): Promise<void> {
  await page.locator("#admin-key").fill("sk-admin-test");
  await page.locator("#admin-key").press("Enter");
  await page.locator("#content h1").waitFor();
}

/** Axe finds no violation, and the page does not scroll sideways. */
export async function findNothing(page: Page): Promise<void> {
  expect(await axeFindings(page), String(await page.evaluate(LOOK))).toEqual([]);
  expect(await tooWide(page)).toEqual([]);
}

/** As `findNothing`, in the theme that the page was opened with and in the other one. */
export async function findNothingInBothThemes(page: Page): Promise<void> {
  const opened = await page.evaluate("document.documentElement.dataset.theme");
  await findNothing(page);
  await setTheme(page, opened === "dark" ? "light" : "dark");
  await findNothing(page);
  await setTheme(page, String(opened));
}

/** Run before a page's scripts: the preferences that the browser stores. */
export function withPreferences(preferences: Readonly<Record<string, string>>): string {
  return Object.entries(preferences)
    .map(([name, value]) => `localStorage.setItem(${JSON.stringify(name)}, ${JSON.stringify(value)});`)
    .join("\n");
}
