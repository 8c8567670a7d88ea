import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, chromium } from "playwright-core";

/** With its own window and settings pages, as people have it. */
export const WHOLE_BROWSERS: readonly string[] = ["chromium", "chromium-browser", "google-chrome"];
/** First the same engine without windows, which takes half of the CPU time for a test. */
const BROWSERS: readonly string[] = ["chromium-headless-shell", ...WHOLE_BROWSERS];

/** One line for a test that has to be skipped. */
export const CHROMIUM_REMEDY =
  "no Chromium found: set CHROMIUM_PATH, or install one (`apt-get install chromium-headless-shell`, or `npx playwright-core install chromium`)";

/**
 * Path of a Chromium to run: `CHROMIUM_PATH`, else the first of `names` on `PATH`, else the one in Playwright's cache;
 * `undefined` when there is none.
 * @throws Error when `CHROMIUM_PATH` is not an executable: a wrong setting must not be silently ignored.
 */
export function findChromium(
  env: NodeJS.ProcessEnv = process.env,
  names: readonly string[] = BROWSERS,
): string | undefined {
  const chosen = env.CHROMIUM_PATH;
  if (chosen !== undefined && chosen !== "") {
    if (isExecutable(chosen)) return chosen;
    throw new Error(`CHROMIUM_PATH must name a Chromium that can be run, got ${chosen}; correct it or unset it.`);
  }
  const folders = (env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  const onPath = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...onPath, chromium.executablePath()].find(isExecutable);
}

/**
 * Starts the Chromium of `findChromium`, without a window and without calls of its own to the network.
 * @throws Error with the remedy when there is none.
 */
export async function launchChromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error(CHROMIUM_REMEDY);
  return await chromium.launch({
    executablePath,
    headless: true,
    args: [
      // Containers have no user namespaces for the sandbox; the tests open the project's own pages only.
      "--no-sandbox",
      "--headless",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
