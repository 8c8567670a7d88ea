import { execFile } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { CHROMIUM_REMEDY, findChromium, WHOLE_BROWSERS } from "../../../test-support/chromium.ts";

const VERSION = "13.5.0";
/** Beside the systems that other benchmarks install: 176 MB, which nothing else needs. */
const HOME = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "sluice", "bench", `lighthouse-${VERSION}`);
const LIMIT_MS = 600_000;
const run = promisify(execFile);

/** `desktop` has 40 ms and 10 Mbit/s; `mobile` 150 ms, 1.6 Mbit/s and a processor of a quarter. Both are simulated. */
export const DEVICES = ["desktop", "mobile"] as const;
export type Device = (typeof DEVICES)[number];

export interface Scores {
  /** Of 100. */
  readonly performance: number;
  /** Of 100. */
  readonly accessibility: number;
  readonly firstContentMs: number;
  readonly largestContentMs: number;
  readonly blockedMs: number;
  /** Cumulative layout shift. */
  readonly layoutShift: number;
  /** Elements that moved, and failed checks of accessibility. */
  readonly findings: readonly string[];
}

interface Report {
  readonly runtimeError?: { readonly message: string };
  readonly categories: Readonly<Record<string, { readonly score: number | null }>>;
  readonly audits: Readonly<
    Record<
      string,
      {
        readonly title: string;
        readonly score: number | null;
        readonly numericValue?: number;
        readonly scoreDisplayMode: string;
      }
    >
  >;
}

/** Installs Lighthouse in the user's cache, once. @throws when npm can't */
export async function installLighthouse(): Promise<string> {
  const command = join(HOME, "node_modules/lighthouse/cli/index.js");
  if (existsSync(command)) return command;
  mkdirSync(HOME, { recursive: true });
  writeFileSync(join(HOME, "package.json"), JSON.stringify({ private: true, dependencies: { lighthouse: VERSION } }));
  await run("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: HOME, timeout: LIMIT_MS });
  return command;
}

/** Opens the page in a browser of its own. @param command of `installLighthouse` */
export async function lighthouse(command: string, url: string, device: Device): Promise<Scores> {
  const chromium = findChromium(process.env, WHOLE_BROWSERS);
  if (chromium === undefined) throw new Error(CHROMIUM_REMEDY);
  const { stdout } = await run(
    process.execPath,
    [
      command,
      url,
      "--quiet",
      "--output=json",
      "--output-path=stdout",
      "--only-categories=performance,accessibility",
      "--disable-full-page-screenshot",
      "--chrome-flags=--headless=new --no-sandbox --disable-gpu",
      ...(device === "desktop" ? ["--preset=desktop"] : []),
    ],
    { env: { ...process.env, CHROME_PATH: chromium }, maxBuffer: 64 * 2 ** 20, timeout: LIMIT_MS },
  );
  const report = JSON.parse(stdout) as Report;
  if (report.runtimeError !== undefined) throw new Error(`Lighthouse at ${url}: ${report.runtimeError.message}`);
  return scoresOf(report);
}

function scoresOf({ categories, audits }: Report): Scores {
  const score = (name: string) => Math.round((categories[name]?.score ?? 0) * 100);
  const value = (name: string) => audits[name]?.numericValue ?? Number.NaN;
  return {
    performance: score("performance"),
    accessibility: score("accessibility"),
    firstContentMs: Math.round(value("first-contentful-paint")),
    largestContentMs: Math.round(value("largest-contentful-paint")),
    blockedMs: Math.round(value("total-blocking-time")),
    layoutShift: Math.round(value("cumulative-layout-shift") * 1_000) / 1_000,
    findings: Object.values(audits)
      .filter(({ score: passed, scoreDisplayMode }) => passed === 0 && scoreDisplayMode === "binary")
      .map(({ title }) => title),
  };
}
