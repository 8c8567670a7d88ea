import type { Browser } from "playwright-core";
import { streamChatTo } from "../scripted-chat.ts";
import type { ScriptedControl } from "../scripted-control.ts";
import { opened } from "./opened-page.ts";

const PANES = 4;
const TOKENS = 500;
/** Between two tokens of a pane: 100 a second. */
const GAP_MS = 10;
/** A task of the page that keeps a click waiting for longer than this is noticed. */
const LONG_TASK_MS = 50;

/** Tasks over 50 ms while four panes get 100 tokens a second each. */
export async function playgroundTasks(browser: Browser, origin: string, control: ScriptedControl) {
  const pieces = Array.from({ length: TOKENS }, (_, index) => (index % 12 === 11 ? "word.\n\n" : "word "));
  control.chat = (_, response) => streamChatTo(response, { pieces, gapMs: GAP_MS });
  const page = await opened(browser, "dark", 1440);
  await page.goto(`${origin}/playground`);
  const models = page.getByRole("combobox", { name: /^Model \d$/ });
  await models.first().locator("option").first().waitFor({ state: "attached" });
  for (let panes = 1; panes < PANES; panes += 1) await page.getByRole("button", { name: "Add a model" }).click();
  await page.evaluate(`globalThis.tasks = [];
    new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: "longtask" })`);
  await browser.startTracing(page, { categories: ["toplevel", "disabled-by-default-devtools.timeline"] });
  const begun = performance.now();
  await page.getByLabel("Prompt", { exact: true }).fill("Count");
  await page.keyboard.press("Enter");
  await page
    .getByText("Done", { exact: true })
    .nth(PANES - 1)
    .waitFor({ timeout: 120_000 });
  const seconds = (performance.now() - begun) / 1_000;
  const processorMs = longestProcessorMs(await browser.stopTracing());
  const tasks = (await page.evaluate("tasks")) as readonly number[];
  await page.context().close();
  return {
    panes: PANES,
    tokensPerPane: TOKENS,
    /** What came, whole seconds of the slowest pane: a busy machine sends fewer than 100 a second. */
    tokensPerSecondPerPane: Math.round(TOKENS / seconds),
    longTaskMs: LONG_TASK_MS,
    longTasks: tasks.length,
    longestMs: Math.max(0, ...tasks),
    /** The processor's time of the page's longest task: on a busy machine a task lasts as long as others take, too. */
    longestProcessorMs: processorMs,
  };
}

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds of the thread. */
  readonly tdur?: number;
  readonly args: { readonly name?: string };
}

/** @param trace of Chromium, as it writes it */
function longestProcessorMs(trace: Buffer): number {
  const { traceEvents } = JSON.parse(trace.toString()) as { readonly traceEvents: readonly TraceEvent[] };
  const threads = new Set(
    traceEvents
      .filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain")
      .map(({ pid, tid }) => `${pid} ${tid}`),
  );
  const tasks = traceEvents.filter(({ name, pid, tid }) => name === "RunTask" && threads.has(`${pid} ${tid}`));
  if (tasks.length === 0) throw new Error("The trace has no task of the page.");
  return tasks.reduce((most, { tdur = 0 }) => Math.max(most, Math.round(tdur / 100) / 10), 0);
}
