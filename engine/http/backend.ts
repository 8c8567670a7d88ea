import type { Endpoints } from "./handler.ts";

/** The source of the engine's responses: the model on this machine, or another server. */
export interface Backend {
  /** Settles when the backend can handle requests; rejects when it never will. */
  load(): Promise<void>;
  /** Whether the backend can handle a request now; `/health` calls it. */
  isHealthy(signal: AbortSignal): Promise<boolean>;
  readonly endpoints: Endpoints;
  close(): Promise<void>;
}

/** Logs an event by name with its fields. */
export type LogEvent = (event: string, fields?: Readonly<Record<string, unknown>>) => void;
