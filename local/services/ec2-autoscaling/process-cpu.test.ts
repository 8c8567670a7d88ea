import { expect, test } from "vitest";
import { processCpuSeconds, secondsOf } from "./process-cpu.ts";

test("the processor time of a process is what the system counts for it", async () => {
  const before = process.cpuUsage();
  const counted = await processCpuSeconds(process.pid);
  const after = process.cpuUsage();
  const seconds = ({ user, system }: NodeJS.CpuUsage) => (user + system) / 1e6;
  // `ps` shows whole seconds on Linux.
  expect(counted).toBeGreaterThan(seconds(before) - 1.5);
  expect(counted).toBeLessThan(seconds(after) + 1.5);
});

test("a process that is not there has used none", async () => {
  expect(await processCpuSeconds(2 ** 30)).toBe(0);
});

test.each([
  ["00:00:07\n", 7],
  ["  0:01.25", 1.25],
  ["01:02:03", 3723],
  ["2-00:00:01", 172_801],
  ["", 0],
])("%j of ps is %d seconds", (text, seconds) => {
  expect(secondsOf(text)).toBe(seconds);
});
