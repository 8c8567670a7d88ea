import { mkdir, mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import type { Browser } from "playwright-core";
import { contentSecurityPolicy } from "../../contracts/site/content-security-policy.ts";
import { launchChromium } from "../../test-support/chromium.ts";
import { type Loopback, listenOnLoopback } from "../../test-support/loopback.ts";
import { buildConsole } from "../build.ts";
import { serveConsole } from "./console-server.ts";
import { EXAMPLE_PAGES } from "./example-pages.ts";
import { exampleConfig, exampleSession, startExampleService } from "./example-service.ts";

/** Where the picture of each page in both themes is written: `<page>-<theme>.png`. */
const FOLDER = join(import.meta.dirname, "../../docs/console");
/** The built landing page: `node demo-site/build.ts`. */
const LANDING = join(import.meta.dirname, "../../dist/site");
const SIZE = { width: 1280, height: 800 } as const;
const THEMES = ["dark", "light"] as const;
/** Of all pictures together. */
const MAX_BYTES = 3_500_000;

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

function serveLanding(apiUrl: string): Promise<Loopback> {
  const types: Readonly<Record<string, string>> = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
  };
  return listenOnLoopback((request, response) => {
    response.setHeader(
      "content-security-policy",
      contentSecurityPolicy({ apiOrigin: new URL(apiUrl).origin, trustedTypes: true }),
    );
    const { pathname } = new URL(request.url ?? "/", "http://site");
    if (pathname === "/config.json") return void response.end(JSON.stringify(exampleConfig(apiUrl)));
    const path = join(LANDING, normalize(pathname === "/" ? "/index.html" : pathname));
    readFile(path).then(
      (content) => response.writeHead(200, { "content-type": types[extname(path)] ?? "text/plain" }).end(content),
      () => response.writeHead(404).end(),
    );
  });
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
  const config = exampleConfig(control.origin);
  const signedIn = await serveConsole(built, config, () => ({ status: 200, body: exampleSession() }));
  const signedOut = await serveConsole(built, config, () => ({ status: 401, body: {} }));
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
