import type { Routes } from "./handler.ts";

/** What answers behind the engine's surface: the model on this machine, or another server. */
export interface Backend {
  /** Settles when requests can be answered; rejects when they never will. */
  load(): Promise<void>;
  /** Whether a request can be answered now; asked by `/health`. */
  isHealthy(signal: AbortSignal): Promise<boolean>;
  readonly routes: Routes;
  close(): Promise<void>;
}

/** What a backend logs: an event's name and its figures. */
export type LogEvent = (event: string, fields?: Readonly<Record<string, unknown>>) => void;
