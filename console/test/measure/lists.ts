import { setTimeout as sleep } from "node:timers/promises";
import type { Browser, Page } from "playwright-core";
import { type ScriptedControl, scriptedKey } from "../scripted-control.ts";
import { scriptedChat } from "../scripted-history.ts";
import { scriptedEvent, scriptedUser } from "../scripted-organization.ts";
import { opened } from "./opened-page.ts";

const ROWS = 10_000;
/** Rows at which the heap is measured first: by then all code of the list has run. */
const FIRST_ROWS = 1_000;
const MIB = 2 ** 20;
const LIMIT_MS = 300_000;

/** The lists that read further pages, and what fills them with more rows than are scrolled through. */
const LISTS: Readonly<Record<string, (control: ScriptedControl, index: number) => void>> = {
  "/keys": ({ keys }, index) => keys.push({ ...scriptedKey(`key ${index}`), id: `key_${index}` }),
  "/admin/users": ({ organization }, index) =>
    organization.users.push(scriptedUser(`user-${index}`, `person-${index}@example.com`)),
  "/admin/audit": ({ organization }, index) => organization.events.push(scriptedEvent(index + 100, "project.created")),
  "/history": ({ history }, index) =>
    history.chats.push(scriptedChat(index + 100, { prompt: `prompt ${index}`, pieces: ["word"] })),
};

/** Heap and elements of each long list, after a thousand rows and after ten thousand. */
export async function longLists(browser: Browser, origin: string, control: ScriptedControl) {
  for (const add of Object.values(LISTS)) for (let index = 0; index < ROWS + 500; index += 1) add(control, index);
  const measured: Record<string, Awaited<ReturnType<typeof scrolled>>> = {};
  for (const path of Object.keys(LISTS)) {
    const page = await opened(browser, "dark", 1440);
    await page.goto(`${origin}${path}`);
    measured[path] = await scrolled(page);
    await page.context().close();
  }
  return { rows: ROWS, lists: measured };
}

async function scrolled(page: Page) {
  await scrollTo(page, FIRST_ROWS);
  const before = await figures(page);
  await scrollTo(page, ROWS);
  const after = await figures(page);
  return {
    heapMiB: [before.heapMiB, after.heapMiB],
    /** Rows of the list in the document: those in the window and a few more. */
    rowsInDocument: [before.rows, after.rows],
  };
}

/** Scrolls to the end until a row of this number is there. */
async function scrollTo(page: Page, count: number): Promise<void> {
  await page.locator("[role=row][aria-rowindex]").nth(1).waitFor();
  const isThere = `(scrollTo(0, document.documentElement.scrollHeight),
    [...document.querySelectorAll("[role=row]")].some((row) => Number(row.ariaRowIndex) >= ${count}))`;
  const until = performance.now() + LIMIT_MS;
  while ((await page.evaluate(isThere)) !== true) {
    if (performance.now() > until) throw new Error(`${page.url()} has no row ${count} after ${LIMIT_MS / 1_000} s.`);
    await sleep(20);
  }
}

async function figures(page: Page) {
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  return {
    heapMiB: Math.round((usedSize / MIB) * 10) / 10,
    rows: await page.locator("[role=row]").count(),
  };
}
