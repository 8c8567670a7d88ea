import type { Pool } from "undici";
import type { ProviderConfig } from "../../contracts/targets/target-settings.ts";

/** Failures in a row from which on the provider gets no requests; one may be an accident. */
const FAILURES = 2;
const TIMEOUT_MS = 5000;

export interface ProbedProvider {
  readonly config: Pick<ProviderConfig, "healthCheck">;
  readonly pool: Pool;
  readonly headers: Readonly<Record<string, string>>;
  /** What is found goes here. */
  healthCheck: "ok" | "failed" | "unknown";
}

/** Probes a provider's health page at its interval, and marks the provider as unhealthy while the probes fail. */
export class ProviderProbe {
  readonly #provider: ProbedProvider;
  #failures = 0;
  #timer: NodeJS.Timeout | undefined = undefined;
  #isStopped = false;

  constructor(provider: ProbedProvider) {
    this.#provider = provider;
  }

  /** Probes now, and then at each interval. Never rejects. */
  async start(): Promise<void> {
    const { healthCheck } = this.#provider.config;
    if (healthCheck === null || this.#isStopped) return;
    this.#failures = (await this.#isWell(healthCheck.path)) ? 0 : this.#failures + 1;
    if (this.#failures === 0) this.#provider.healthCheck = "ok";
    else if (this.#failures >= FAILURES) this.#provider.healthCheck = "failed";
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => void this.start(), healthCheck.intervalSeconds * 1000);
    this.#timer.unref();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  async #isWell(path: string): Promise<boolean> {
    const { pool, headers } = this.#provider;
    try {
      const response = await pool.request({ method: "GET", path, headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
      await response.body.dump();
      return response.statusCode >= 200 && response.statusCode < 300;
    } catch {
      return false;
    }
  }
}
