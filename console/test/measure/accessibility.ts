import type { Browser, Page } from "playwright-core";
import { axeFindings } from "../../../test-support/axe-findings.ts";
import { EXAMPLE_PAGES, type ExamplePage } from "../example-pages.ts";
import { hardCoded, tooWide } from "../page-look.ts";
import { opened } from "./opened-page.ts";

const THEMES = ["dark", "light"] as const;
const WIDTHS = [320, 768, 1440] as const;
const HEIGHT = 800;
/** `en-XA` is the pseudo-locale, in which a text without a message is found too. */
const LOCALES = ["en", "de", "en-XA"] as const;

interface Origins {
  readonly signedIn: string;
  readonly signedOut: string;
}

/** What axe finds on every page in each theme, width and language; also what is wider than the window, and texts that no message has. */
export async function accessibilityFindings(browser: Browser, origins: Origins) {
  const findings: string[] = [];
  let states = 0;
  for (const example of EXAMPLE_PAGES) {
    for (const locale of LOCALES)
      for (const theme of THEMES) {
        const page = await reached(browser, example, { locale, theme, origins });
        for (const width of WIDTHS) {
          await page.setViewportSize({ width, height: HEIGHT });
          const seen = `${example.name} ${theme} ${width} ${locale}`;
          findings.push(...(await axeFindings(page)).map((finding) => `${seen}: ${finding}`));
          findings.push(...(await tooWide(page)).map((element) => `${seen}: too wide: ${element}`));
          if (locale === "en-XA")
            findings.push(...(await hardCoded(page)).map((text) => `${seen}: no message: ${text}`));
          states += 1;
        }
        await page.context().close();
      }
    console.log(`${example.name}: ${states} states so far, ${findings.length} findings`);
  }
  return { pages: EXAMPLE_PAGES.length, themes: THEMES, widths: WIDTHS, locales: LOCALES, states, findings };
}

interface View {
  readonly locale: (typeof LOCALES)[number];
  readonly theme: (typeof THEMES)[number];
  readonly origins: Origins;
}

/** The page in its state, at the largest width. */
async function reached(browser: Browser, example: ExamplePage, { locale, theme, origins }: View): Promise<Page> {
  const page = await opened(browser, theme, WIDTHS.at(-1) ?? 0, locale);
  await page.goto(`${example.isSignedIn ? origins.signedIn : origins.signedOut}${example.path}`);
  await example.reach(page);
  return page;
}
