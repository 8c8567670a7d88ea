import type { DiscoveredEngine } from "../engines/engine-discovery.ts";
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

export type ToThread =
  | { readonly kind: "drain" }
  | { readonly kind: "collect"; readonly id: number }
  | {
      readonly kind: "discovered";
      readonly id: number;
      readonly result:
        | { readonly engines: readonly DiscoveredEngine[] }
        | { readonly failure: string; readonly message: string };
    };

export type FromThread =
  | { readonly kind: "listening"; readonly port: number }
  /** Whole lines for the process's output. */
  | { readonly kind: "output"; readonly text: string }
  /** A request for the engines of a target group. */
  | { readonly kind: "discover"; readonly id: number; readonly targetGroupArn: string }
  | { readonly kind: "metrics"; readonly id: number; readonly metrics: ThreadMetrics }
  | { readonly kind: "drained" };
