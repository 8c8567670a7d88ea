import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { isProcessAlive } from "./is-process-alive.ts";

test("a process is alive until it has ended, and one of another user is too", async () => {
  const child = spawn(process.execPath, ["-e", "process.stdin.resume()"], { stdio: ["pipe", "ignore", "ignore"] });
  await once(child, "spawn");
  expect(isProcessAlive(child.pid ?? 0)).toBe(true);
  const ended = once(child, "exit");
  child.stdin.end();
  await ended;
  expect(isProcessAlive(child.pid ?? 0)).toBe(false);
  expect(isProcessAlive(1)).toBe(true);
});

test.each([0, -1, -process.pid, Number.NaN, 1.5, 2 ** 40])("%d is the id of no process", (pid) => {
  expect(isProcessAlive(pid)).toBe(false);
});
