import type { ThreadMetrics } from "../metrics/prometheus-exporter.ts";
import type { GatewaySettings } from "../settings.ts";
import type { SharedMemory } from "../shared-memory/shared-memory.ts";

/** The data that a thread gets when it starts. */
export interface ThreadStart {
  readonly settings: GatewaySettings;
  readonly memory: SharedMemory;
  /** Which of the serving threads it is, from 0. */
  readonly thread: number;
}

export type ToThread = { readonly kind: "drain" } | { readonly kind: "collect"; readonly id: number };

export type FromThread =
  | { readonly kind: "listening"; readonly port: number }
  /** Whole lines for the process's output. */
  | { readonly kind: "output"; readonly text: string }
  | { readonly kind: "metrics"; readonly id: number; readonly metrics: ThreadMetrics }
  | { readonly kind: "drained" };
