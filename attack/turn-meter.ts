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
