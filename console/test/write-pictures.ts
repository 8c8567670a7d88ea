import { mkdir, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { launchChromium } from "../../test-support/chromium.ts";
import { buildConsole } from "../build.ts";
import { EXAMPLE_PAGES } from "./example-pages.ts";
import { serveExampleConsole, startExampleService } from "./example-service.ts";
import { serveLanding } from "./landing-server.ts";

/** Where the picture of each page in both themes is written: `<page>-<theme>.png`. */
const FOLDER = join(import.meta.dirname, "../../docs/console");
const SIZE = { width: 1280, height: 800 } as const;
const THEMES = ["dark", "light"] as const;
/** Of all pictures together. */
const MAX_BYTES = 4_500_000;

/** Writes a picture of the page as it is once `reach` has ended. */
async function picture(
  browser: Browser,
  name: string,
  url: string,
  theme: (typeof THEMES)[number],
  reach: (typeof EXAMPLE_PAGES)[number]["reach"],
) {
  const context = await browser.newContext({
    viewport: SIZE,
    colorScheme: theme,
    locale: "en-GB",
    reducedMotion: "reduce",
  });
  await context.addInitScript(`localStorage.setItem("sluice.theme", ${JSON.stringify(theme)})`);
  const page = await context.newPage();
  await page.goto(url);
  await reach(page);
  await page.evaluate("document.fonts.ready");
  // What the landing page offers is below its first screen.
  const fullPage = name === "landing";
  await page.screenshot({ fullPage, path: join(FOLDER, `${name}-${theme}.png`), animations: "disabled" });
  await context.close();
  console.log(`${name}-${theme}.png`);
}

/** Without names on the command line, all pages are. */
function isWanted(name: string): boolean {
  const names = process.argv.slice(2);
  return names.length === 0 || names.includes(name);
}

async function writePictures(): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  const built = await mkdtemp(join(tmpdir(), "pictures-"));
  await buildConsole(built);
  const control = await startExampleService();
  const { signedIn, signedOut } = await serveExampleConsole(built, control.origin);
  const landing = await serveLanding(control.origin);
  const browser = await launchChromium();
  try {
    for (const theme of THEMES) {
      if (isWanted("landing"))
        await picture(browser, "landing", landing.origin, theme, (page) => page.getByRole("table").waitFor());
      for (const { name, path, isSignedIn, reach } of EXAMPLE_PAGES.filter((page) => isWanted(page.name)))
        await picture(browser, name, `${(isSignedIn ? signedIn : signedOut).origin}${path}`, theme, reach);
    }
  } finally {
    await browser.close();
    for (const server of [signedIn, signedOut, landing, control]) await server.close();
    await rm(built, { recursive: true, force: true });
  }
  const sizes = await Promise.all((await readdir(FOLDER)).map(async (name) => (await stat(join(FOLDER, name))).size));
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  console.log(`${sizes.length} pictures, ${bytes} bytes`);
  if (bytes > MAX_BYTES)
    throw new Error(
      `The pictures may have ${MAX_BYTES} bytes together, and have ${bytes}; write fewer, or smaller ones.`,
    );
}

await writePictures();
