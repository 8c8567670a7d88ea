import { vi } from "vitest";
import { PATIENCE_MS } from "./patience.ts";

export interface EventuallyOptions {
  /** @default - `PATIENCE_MS` */
  readonly timeoutMs?: number;
  /** Milliseconds between two checks. @default 50 */
  readonly everyMs?: number;
}

/**
 * Runs `check` until it no longer throws or rejects.
 * @returns what it returned
 * @throws its last error when the time is over
 */
export function eventually<T>(check: () => T | Promise<T>, options: EventuallyOptions = {}): Promise<T> {
  const { timeoutMs = PATIENCE_MS, everyMs = 50 } = options;
  return vi.waitFor(check, { timeout: timeoutMs, interval: everyMs });
}
