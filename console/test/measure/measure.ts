import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { axeFindings } from "../../test-support/axe-findings.ts";
import { launchChromium } from "../../test-support/chromium.ts";
import { buildConsole } from "../build.ts";
import { serveConsole } from "./console-server.ts";
import { EXAMPLE_PAGES } from "./example-pages.ts";
import { exampleConfig, exampleSession, startExampleService } from "./example-service.ts";
import { firstLoad, pageModules } from "./first-load.ts";
import { streamChatTo } from "./scripted-chat.ts";

const RESULT = join(import.meta.dirname, "../../bench/results/console.json");
const THEMES = ["dark", "light"] as const;
const WIDTHS = [320, 1440] as const;
const PANES = 4;
const TOKENS = 500;
/** Between two tokens of a pane: 100 a second. */
const GAP_MS = 10;
/** A task of the page that keeps a click waiting for longer than this is noticed. */
const LONG_TASK_MS = 50;

async function findingsOf(browser: Browser, originOf: (isSignedIn: boolean) => string) {
  const findings: string[] = [];
  let states = 0;
  for (const theme of THEMES)
    for (const width of WIDTHS)
      for (const { name, path, isSignedIn, reach } of EXAMPLE_PAGES) {
        const page = await opened(browser, theme, width);
        await page.goto(`${originOf(isSignedIn)}${path}`);
        await reach(page);
        findings.push(...(await axeFindings(page)).map((finding) => `${name} ${theme} ${width}: ${finding}`));
        states += 1;
        await page.context().close();
      }
  return { states, findings };
}

async function opened(browser: Browser, theme: string, width: number): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height: 800 }, locale: "en-GB" });
  context.setDefaultTimeout(60_000);
  await context.addInitScript(`localStorage.setItem("sluice.theme", ${JSON.stringify(theme)})`);
  return context.newPage();
}

/** Tasks over 50 ms while four panes get 100 tokens a second each. */
async function playgroundTasks(browser: Browser, origin: string) {
  const page = await opened(browser, "dark", 1440);
  await page.goto(`${origin}/playground`);
  const models = page.getByRole("combobox", { name: /^Model \d$/ });
  await models.first().locator("option").first().waitFor({ state: "attached" });
  for (let panes = 1; panes < PANES; panes += 1) await page.getByRole("button", { name: "Add a model" }).click();
  await page.evaluate(`globalThis.tasks = [];
    new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: "longtask" })`);
  await page.getByLabel("Prompt", { exact: true }).fill("Count");
  await page.keyboard.press("Enter");
  await page
    .getByText("Done", { exact: true })
    .nth(PANES - 1)
    .waitFor({ timeout: 120_000 });
  const tasks = (await page.evaluate("tasks")) as readonly number[];
  await page.context().close();
  return {
    panes: PANES,
    tokensPerPane: TOKENS,
    tokensPerSecondPerPane: 1000 / GAP_MS,
    longTaskMs: LONG_TASK_MS,
    longTasks: tasks.length,
    longestMs: Math.max(0, ...tasks),
  };
}

async function measure(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "measure-"));
  const files = await buildConsole(folder);
  const pages = Object.fromEntries(pageModules().map((page) => [page.path, firstLoad(files, page)]));
  const control = await startExampleService();
  const config = exampleConfig(control.origin);
  const signedIn = await serveConsole(folder, config, () => ({ status: 200, body: exampleSession() }));
  const signedOut = await serveConsole(folder, config, () => ({ status: 401, body: {} }));
  const browser = await launchChromium();
  try {
    const pieces = Array.from({ length: TOKENS }, (_, index) => (index % 12 === 11 ? "word.\n\n" : "word "));
    control.chat = (_, response) => streamChatTo(response, { pieces, gapMs: GAP_MS });
    const playground = await playgroundTasks(browser, signedIn.origin);
    const axe = await findingsOf(browser, (isSignedIn) => (isSignedIn ? signedIn : signedOut).origin);
    const result = {
      command: "node console/test/measure.ts",
      machine: {
        cores: cpus().length,
        node: process.version,
        browser: `Chromium ${browser.version()}`,
        loadAverage: loadavg()[0],
      },
      firstLoadScriptGzipBytes: pages,
      axe,
      playground,
    };
    await writeFile(RESULT, `${JSON.stringify(result, undefined, 2)}\n`);
    console.log(await readFile(RESULT, "utf8"));
  } finally {
    await browser.close();
    for (const server of [signedIn, signedOut, control]) await server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

await measure();
