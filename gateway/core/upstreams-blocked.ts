import { GatewayError } from "./gateway-error.ts";

/** Every upstream that could take the request has an open breaker, or is paused by its own response. */
export class UpstreamsBlocked extends GatewayError {
  /**
   * @param blockedMs milliseconds until the first of them may be called
   * @param isPaused whether one of them is paused
   */
  constructor({ blockedMs, isPaused }: { readonly blockedMs: number; readonly isPaused: boolean }) {
    super(isPaused ? "overloaded" : "model_unavailable", {
      retryAfterSeconds: Math.max(1, Math.ceil(blockedMs / 1000)),
    });
    this.name = "UpstreamsBlocked";
  }
}
