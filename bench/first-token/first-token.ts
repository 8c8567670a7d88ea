import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { launchChromium } from "../../test-support/chromium.ts";
import { spawnChild, temporaryFolder } from "../children.ts";
import { machine } from "../machine.ts";
import { TEAM_ENVIRONMENT } from "./team-environment.ts";

/**
 * A new user's way from a fresh clone to the first token in the console, with the time of each step since the beginning:
 * `npm run bench first-token`. Nothing is prepared but what the machine has: packages come from the registry or its cache.
 */
const REPOSITORY = join(import.meta.dirname, "../..");
const RESULT = join(REPOSITORY, "bench/results/first-token.json");
const READY_LIMIT_MS = 900_000;
const STOP_LIMIT_MS = 15_000;
const GRACE = "grace@example.com";

const begun = performance.now();
const steps: { readonly step: string; readonly seconds: number }[] = [];
function done(step: string): void {
  const seconds = Math.round((performance.now() - begun) / 100) / 10;
  steps.push({ step, seconds });
  console.log(`${seconds.toFixed(1).padStart(7)} s  ${step}`);
}

/** Runs `npm start` in the clone. @returns the address of the page, once the stack is ready, and what stops it */
async function started(folder: string): Promise<{ readonly site: string; readonly stop: () => Promise<unknown> }> {
  const child = spawnChild(["npm", "start", "--", "--environment", "environments/team.ts"], {
    cwd: folder,
    env: { ...process.env, SLUICE_API_PORT: "0", SLUICE_SITE_PORT: "0" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (child.stdout === null) throw new Error("The output of npm start can't be read.");
  const lines = createInterface(child.stdout);
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const limit = setTimeout(() => reject(new Error(`Not ready within ${READY_LIMIT_MS / 1000} s.`)), READY_LIMIT_MS);
  let isReady = false;
  lines.on("line", (line) => {
    isReady ||= line.startsWith("ready in");
    const [, page] = /^\s+page\s+(http:\S+)$/.exec(line) ?? [];
    if (!isReady || page === undefined) return;
    clearTimeout(limit);
    resolve(page);
  });
  const exit = once(child, "exit");
  void exit.then(([code]) => reject(new Error(`npm start ended with ${code}.`)));
  const stop = () => {
    child.kill("SIGINT");
    return exit;
  };
  return { site: await promise, stop };
}

const folder = join(temporaryFolder("sluice-first-token-"), "sluice");
execFileSync("git", ["clone", "--quiet", REPOSITORY, folder]);
done("git clone");
writeFileSync(join(folder, "environments/team.ts"), TEAM_ENVIRONMENT);
const { site, stop } = await started(folder);
done("npm start: set up, built, synthesized, started, first request answered");

const browser = await launchChromium();
const page = await browser.newPage();
page.setDefaultTimeout(60_000);
await page.goto(`${site}/signup`);
await page.getByRole("button", { name: "Continue with single sign-on" }).click();
await page.getByRole("button", { name: `Sign in as ${GRACE}` }).click();
await page.getByRole("button", { name: "Create key" }).waitFor();
done("signed up, 2 clicks");
await page.getByRole("button", { name: "Create key" }).click();
await page.getByLabel("Name", { exact: true }).fill("first");
await page.keyboard.press("Enter");
await page.getByLabel("Secret key").waitFor();
done("secret of the first key shown, 3rd click");
await page.getByRole("button", { name: "Done" }).click();
await page.getByRole("link", { name: "Playground" }).click();
await page.getByRole("combobox", { name: "Model 1" }).locator("option").first().waitFor({ state: "attached" });
await page.getByLabel("Prompt", { exact: true }).fill("Say hello.");
await page.keyboard.press("Enter");
await page.locator(".answer").first().waitFor();
done("first token in the playground");
await page.getByText("Done", { exact: true }).waitFor();
done("answer complete");
await browser.close();

const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { cwd: folder, encoding: "utf8" }).trim();
const result = {
  command: "npm run bench first-token",
  commit,
  at: new Date().toISOString(),
  machine: machine(),
  steps,
};
writeFileSync(RESULT, `${JSON.stringify(result, null, 2)}\n`);
// npm may not hand a signal on: what is left of its process group ends with this process.
await Promise.race([stop(), sleep(STOP_LIMIT_MS)]);
process.exit(0);
