import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { expect, onTestFinished, test } from "vitest";

/** A process that would run for ever, started for a twin of this pid. */
function startedFor(twin: number): ChildProcess {
  const loaded = new URL(`./end-with-parent.ts?parent=${twin}`, import.meta.url).href;
  const child = spawn(process.execPath, ["--import", loaded, "-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
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
