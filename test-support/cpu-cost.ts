/** Milliseconds of the processor that a step takes, the least of some runs: the machine's other work is not in it. */
export function cpuCost(step: () => void): number {
  const runs = Array.from({ length: 5 }, () => {
    const before = process.cpuUsage();
    step();
    return process.cpuUsage(before).user / 1000;
  });
  return Math.min(...runs);
}
