import type { Browser, Page } from "playwright-core";

/** A page of a browser of its own. */
export async function opened(browser: Browser, theme: string, width: number): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height: 800 }, locale: "en-GB" });
  context.setDefaultTimeout(60_000);
  await context.addInitScript(`localStorage.setItem("sluice.theme", ${JSON.stringify(theme)})`);
  return context.newPage();
}
