import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";

/** A process that was started for a twin of this pid. @param code @default - runs for ever */
function startedFor(twin: number, code = "setInterval(() => {}, 1000)"): ChildProcess {
  const loaded = new URL(`./end-with-parent.ts?parent=${twin}`, import.meta.url).href;
  const child = spawn(process.execPath, ["--import", loaded, "-e", code], { stdio: "ignore" });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

test("a process whose twin was gone before it could look ends by SIGTERM", async () => {
  const [, signal] = await once(startedFor(2 ** 22 + 1), "exit"); // no process has such a pid
  expect(signal).toBe("SIGTERM");
});

test("a process whose twin lives runs on", async () => {
  const child = startedFor(process.pid);
  const ended = await Promise.race([
    once(child, "exit").then(() => true),
    new Promise<false>((resolve) => setTimeout(() => resolve(false), 3000)),
  ]);
  expect(ended).toBe(false);
});

test("a process that it forks lives as long as it needs, with another parent than the twin", async () => {
  const folder = mkdtempSync(join(tmpdir(), "sluice-fork-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const forked = join(folder, "forked.mjs");
  writeFileSync(forked, "setTimeout(() => process.exit(7), 2500)");
  const code = `require("node:child_process").fork(${JSON.stringify(forked)}).on("exit", (code) => process.exit(code ?? 1))`;
  const [exitCode] = await once(startedFor(process.pid, code), "exit");
  expect(exitCode).toBe(7);
});
