import axe from "axe-core";
import type { Page } from "playwright-core";

/** Run in the page after its theme or state has changed: no element is on its way from one colour to the other any more. */
export const END_TRANSITIONS = `document.getAnimations()
  .filter((animation) => animation instanceof CSSTransition).forEach((transition) => transition.finish())`;

/** What of a page is looked at, as selectors. @default - all of it */
export interface AxeScope {
  readonly include: readonly string[];
}

/**
 * What axe finds wrong in the page as it is now, one line a rule with the elements; empty when nothing. The script goes into
 * each document once, and runs there: no page of the project's has frames.
 * @throws {Error} for a page with a frame: axe would not look into it
 */
export async function axeFindings(page: Page, scope?: AxeScope): Promise<readonly string[]> {
  if (page.frames().length > 1) throw new Error(`${page.url()} has a frame, into which axe does not look from here.`);
  if (!(await page.evaluate(`"axe" in globalThis`))) await page.evaluate(axe.source);
  const context = scope ? JSON.stringify(scope) : "document";
  // What has just changed its state may still be on its way to its colours.
  await page.evaluate(END_TRANSITIONS);
  return await page.evaluate(`axe.run(${context}, { resultTypes: ["violations"] }).then(({ violations }) =>
    violations.map(({ id, nodes }) => id + ": " + nodes.map(({ html }) => html).join(" · ")))`);
}
