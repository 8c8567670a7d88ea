/**
 * Milliseconds of CPU time that a turn of the event loop may take in a test. The bound is 50 on an idle machine, by which
 * `npm run attack` judges a running stack. Beside other tests, which have the same caches and cores, up to 47 were seen, so
 * the bound of a test is five times that. What grows with the square of a megabyte takes seconds.
 */
export const MAX_TURN_MS = 250;

/**
 * Measures how long the turns of this thread's event loop compute: by the thread's own CPU time, which other programs on
 * the machine do not add to.
 */
export class TurnMeter {
  #worstMs = 0;
  #isRunning = true;

  constructor() {
    let before = process.threadCpuUsage();
    const turn = () => {
      const used = process.threadCpuUsage();
      this.#worstMs = Math.max(this.#worstMs, (used.user + used.system - before.user - before.system) / 1000);
      before = process.threadCpuUsage();
      if (this.#isRunning) setImmediate(turn);
    };
    setImmediate(turn);
  }

  /** @returns the longest turn in milliseconds of CPU time since the last call */
  take(): number {
    const worst = this.#worstMs;
    this.#worstMs = 0;
    return worst;
  }

  stop(): void {
    this.#isRunning = false;
  }
}
