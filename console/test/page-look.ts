import type { Page } from "playwright-core";
import { END_TRANSITIONS } from "../../test-support/axe-findings.ts";

/** Run in the page: elements beyond the window's right edge; empty when the page does not scroll sideways. */
const TOO_WIDE = `document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll("*")]
  .filter((element) => element.getBoundingClientRect().right > innerWidth).map((element) => element.outerHTML.slice(0, 200))`;

/** Run in the page: texts and names that no message has. What is data is marked with translate="no". */
const HARD_CODED = `(() => {
  const isData = (element) => element.closest("[translate=no]") !== null;
  const wrong = [];
  const see = (text, element) => {
    if (/\\p{L}/u.test(text) && !/^⟦[^]*⟧$/u.test(text.trim()) && !isData(element)) wrong.push(text.trim());
  };
  const visitor = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT);
  for (let element = visitor.currentNode; element; element = visitor.nextNode()) {
    if (["SCRIPT", "NOSCRIPT", "STYLE"].includes(element.tagName)) continue;
    // The library of charts measures the texts of its axes in it, out of sight.
    if (element.id === "recharts_measurement_span") continue;
    for (const name of ["aria-label", "title", "placeholder", "alt"]) {
      const value = element.getAttribute(name);
      if (value !== null) see(value, element);
    }
    const own = [...element.childNodes].filter(({ nodeType }) => nodeType === Node.TEXT_NODE).map(({ data }) => data).join("");
    // A message with marked parts is several nodes: its element's text is looked at as a whole.
    if (own.trim() === "") continue;
    const whole = element.cloneNode(true);
    for (const data of whole.querySelectorAll("[translate=no]")) data.remove();
    see(own.includes("⟦") || own.includes("⟧") ? whole.textContent : own, element);
  }
  return wrong;
})()`;

/** Elements beyond the window's right edge of a page that scrolls sideways. */
export function tooWide(page: Page): Promise<readonly string[]> {
  return page.evaluate(TOO_WIDE);
}

/** Texts that are not from a message, with the pseudo-locale. */
export function hardCoded(page: Page): Promise<readonly string[]> {
  return page.evaluate(HARD_CODED);
}

export async function setTheme(page: Page, theme: string): Promise<void> {
  await page.evaluate(`document.documentElement.dataset.theme = ${JSON.stringify(theme)};${END_TRANSITIONS}`);
}
