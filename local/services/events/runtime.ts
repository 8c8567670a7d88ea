import type { EventBus } from "./event-bus.ts";

export interface WithEvents {
  /** EventBridge's default bus. */
  readonly events: EventBus;
}
