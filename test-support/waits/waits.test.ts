import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { eventually } from "./eventually.ts";
import { PATIENCE_MS } from "./patience.ts";

/** `testTimeout` in `vitest.config.ts`. */
const TEST_MS = 120_000;
/** A shorter time is a timer's in a test. */
const TIMER_MS = 5000;

const root = join(import.meta.dirname, "../..");
const git = (...args: string[]) =>
  execFileSync("git", ["ls-files", ...args, "*.ts"], { cwd: root, encoding: "utf8" }).split("\n");
/** Lines of the repository's TypeScript, with file and number. */
const lines = [...git(), ...git("--others", "--exclude-standard")]
  .filter((path) => path !== "" && !path.startsWith("test-support/waits/") && existsSync(join(root, path)))
  .flatMap((path) =>
    readFileSync(join(root, path), "utf8")
      .split("\n")
      .map((text, index) => ({ at: `${path}:${index + 1}`, text })),
  );

test("no test waits with Vitest's own default of one second", () => {
  const short = lines.filter(({ text }) => /\bvi\.(waitFor|waitUntil)\b/.test(text));
  expect(lines.length).toBeGreaterThan(10_000);
  expect(
    short.map(({ at }) => `${at} waits for a second at most; use eventually() of test-support/waits/eventually.ts`),
  ).toEqual([]);
});

test("no test waits for less than others do", () => {
  const short = lines.filter(({ text }) => {
    const time = /\b(?:expect\.poll|eventually)\(.*\btimeout(?:Ms)?: ([\d_]+)/.exec(text)?.[1];
    return time !== undefined && Number(time.replaceAll("_", "")) <= PATIENCE_MS;
  });
  expect(short.map(({ at }) => `${at} states a time that is not above the default; leave it out`)).toEqual([]);
});

test("no test has less time than others have", () => {
  const short = lines.filter(({ at, text }) => {
    const time = /\.test\.tsx?:/.test(at) && /^\s*\}, ([\d_]+)\);/.exec(text)?.[1];
    const ms = typeof time === "string" ? Number(time.replaceAll("_", "")) : 0;
    return ms >= TIMER_MS && ms <= TEST_MS;
  });
  expect(short.map(({ at }) => `${at} states a time that is not above the default; leave it out`)).toEqual([]);
});

test("a check that comes true after two seconds is waited for, and so is a polled value", async () => {
  const begin = performance.now();
  const isLate = () => performance.now() - begin > 2000;
  await Promise.all([eventually(() => expect(isLate()).toBe(true)), expect.poll(isLate).toBe(true)]);
});

test("a check that never comes true rejects with its own error", async () => {
  await expect(eventually(() => expect("red").toBe("blue"), { timeoutMs: 100 })).rejects.toThrow(
    /expected 'red' to be 'blue'/,
  );
});
