import { spawn } from "node:child_process";
import { once } from "node:events";
import { globSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { platform, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";

const here = import.meta.dirname;
const project = join(here, "..");

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** Every process of this machine that still runs. */
function processes(): readonly Process[] {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      // The name in parentheses may have spaces; state and parent come after it.
      const [state, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      const command = readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ");
      return state === "Z" ? [] : [{ pid: Number(name), parent: Number(parent), command }];
    } catch {
      return []; // it has just ended
    }
  });
}

/** What a process has started, and what that has started, and so on. */
function descendants(pid: number, all = processes()): readonly Process[] {
  const children = all.filter(({ parent }) => parent === pid);
  return [...children, ...children.flatMap((child) => descendants(child.pid, all))];
}

async function until(isTrue: () => boolean, seconds: number): Promise<boolean> {
  const limit = performance.now() + seconds * 1000;
  while (performance.now() < limit) {
    if (isTrue()) return true;
    await sleep(50);
  }
  return isTrue();
}

describe.skipIf(platform() !== "linux")("a benchmark that is ended by a signal to its first process", () => {
  test.each([
    ["gateway", ["--only", "bare"], ["upstream.ts", "bare-relay.ts"], "SIGTERM"],
    ["overload", [], ["server.mjs"], "SIGTERM"],
    ["soak", [], ["upstream.ts", "server.mjs"], "SIGHUP"],
  ] as const)(
    "%s leaves no process and no folder",
    async (name, settings, parts, signal) => {
      const temporary = mkdtempSync(join(tmpdir(), "sluice-bench-test-"));
      onTestFinished(() => rmSync(temporary, { recursive: true, force: true }));
      const first = spawn(process.execPath, ["local/setup/run.mjs", "bench/run.ts", name, ...settings], {
        cwd: project,
        env: { ...process.env, TMPDIR: temporary },
        stdio: "ignore",
      });
      onTestFinished(() => void first.kill("SIGKILL"));
      const ended = once(first, "exit");
      const started = () => descendants(first.pid ?? 0);
      const isUp = () => parts.every((part) => started().some(({ command }) => command.includes(part)));
      expect(await until(isUp, 30)).toBe(true);
      const pids = started().map(({ pid }) => pid);
      onTestFinished(() => {
        for (const { pid } of processes()) if (pids.includes(pid)) process.kill(pid, "SIGKILL");
      });
      expect(readdirSync(temporary)).not.toEqual([]);

      first.kill(signal);
      expect(await ended).toEqual([signal === "SIGHUP" ? 129 : 143, null]);
      const left = () => processes().filter(({ pid }) => pids.includes(pid));
      await until(() => left().length === 0, 5);
      expect(left()).toEqual([]);
      expect(readdirSync(temporary)).toEqual([]);
    },
    60_000,
  );
});

test("benchmarks start processes and make temporary folders by children.ts alone, so that none outlives them", () => {
  const sources = globSync("**/*.ts", { cwd: here }).filter((file) => !/\.test\.ts$/.test(file));
  expect(sources.length).toBeGreaterThan(20);
  const direct = sources.filter((file) => /\bspawn\(|\bmkdtempSync\(/.test(readFileSync(join(here, file), "utf8")));
  // run.ts passes every signal on to the one process that it starts.
  expect(direct.sort()).toEqual(["children.ts", "run.ts"]);
});
