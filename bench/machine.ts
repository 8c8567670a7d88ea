import { cpus, loadavg, release, totalmem } from "node:os";

/** What a benchmark ran on, for its report. */
export function machine() {
  return {
    cores: cpus().length, // of the machine, not those that this process is pinned to
    cpu: cpus()[0]?.model ?? "unknown",
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
  };
}

/** Load of the last 1, 5 and 15 minutes, for a benchmark's report. */
export function loadAverage(): readonly number[] {
  return loadavg().map((load) => Math.round(load * 10) / 10);
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return rounded(sorted[Math.floor(sorted.length / 2)] ?? Number.NaN);
}

/** Smallest and largest, for the spread beside a median. */
export function range(values: readonly number[]): readonly [number, number] {
  return [rounded(Math.min(...values)), rounded(Math.max(...values))];
}

export function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
