import type { Page, Route } from "playwright-core";

/** Run before a page's scripts: collects its layout shifts, as Lighthouse counts them. */
const OBSERVE = `globalThis.layoutShifts = [];
  new PerformanceObserver((list) => layoutShifts.push(...list.getEntries().filter(({ hadRecentInput }) => !hadRecentInput).map(
    ({ value, sources }) => ({ value, nodes: sources.map(({ node }) => node?.outerHTML?.slice(0, 80) ?? node?.data ?? "") }),
  ))).observe({ type: "layout-shift", buffered: true });`;
/** Two frames: what came before is painted. */
const PAINTED = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))";

export interface LayoutShift {
  /** Share of the window that moved, times how far. */
  readonly value: number;
  /** Elements that moved. */
  readonly nodes: readonly string[];
}

/**
 * Has each response of a service come alone: one after the other, with the page painted in between. So each order of loading that
 * moves something does so, however fast the machine is.
 * @param origin of the service
 * @returns whether a response is under way
 */
export async function oneResponseAtATime(page: Page, origin: string): Promise<() => boolean> {
  await page.addInitScript(OBSERVE);
  let before: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  await page.route(`${origin}/**`, (route) => {
    waiting += 1;
    const after = before
      .then(() => respond(page, route))
      .finally(() => {
        waiting -= 1;
      });
    before = after;
    return after;
  });
  return () => waiting > 0;
}

async function respond(page: Page, route: Route): Promise<void> {
  try {
    const response = await route.fetch();
    await page.evaluate(PAINTED);
    await route.fulfill({ response });
    await page.evaluate(PAINTED);
  } catch {
    // The page was closed before its response was there.
  }
}

/** The shifts so far. */
export async function layoutShifts(page: Page): Promise<readonly LayoutShift[]> {
  await page.evaluate(PAINTED);
  return (await page.evaluate("layoutShifts")) as readonly LayoutShift[];
}
