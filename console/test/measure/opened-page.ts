import type { Browser, Page } from "playwright-core";

/** A page of a browser of its own. */
export async function opened(browser: Browser, theme: string, width: number, locale = "en"): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height: 800 }, locale: "en-GB" });
  context.setDefaultTimeout(60_000);
  for (const [name, value] of Object.entries({ theme, locale }))
    await context.addInitScript(`localStorage.setItem("sluice.${name}", ${JSON.stringify(value)})`);
  return context.newPage();
}
