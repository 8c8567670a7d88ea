import type { ErrorCode } from "../../contracts/api/errors.ts";
import { retryAfterSeconds } from "../../domain/admission/retry-after.ts";
import { GatewayError } from "../core/gateway-error.ts";

/**
 * Why a request was refused: the queue is full (`full`); too many requests of its tenant wait; a more important
 * request, or one of a tenant with fewer waiting, took its position in the queue (`evicted`); its time was over while
 * the model's servers were full (`deadline`) or absent (`away`); or the gateway shuts down.
 */
export const SHED_REASONS = ["full", "tenant_over_share", "evicted", "deadline", "away", "shutting_down"] as const;
export type ShedReason = (typeof SHED_REASONS)[number];

const ERRORS: Readonly<Record<ShedReason, { readonly code: ErrorCode; readonly message?: string }>> = {
  full: {
    code: "overloaded",
    message:
      "All servers of this model are full, and so is the queue. Try again after the seconds given in Retry-After.",
  },
  tenant_over_share: { code: "queue_share_exceeded" },
  evicted: {
    code: "overloaded",
    message:
      "All servers of this model are full, and the queue is full of requests that are served first. Try again after the seconds given in Retry-After.",
  },
  deadline: {
    code: "overloaded",
    message:
      "All servers of this model were full as long as the request could wait. Try again after the seconds given in Retry-After.",
  },
  away: { code: "model_unavailable" },
  shutting_down: { code: "shutting_down" },
};

export interface ShedOptions {
  /** Until the queue is empty at the recent rate; `undefined` when that is not known. */
  readonly drainSeconds: number | undefined;
  /** 0 to under 1. */
  readonly random: number;
  /** The pause that an engine named when it refused. */
  readonly atLeastSeconds: number | undefined;
}

/** The error that the client gets. `Retry-After` is computed where the queue is the reason; else the catalogue's. */
export function shedError(reason: ShedReason, options: ShedOptions): GatewayError {
  const { code, message } = ERRORS[reason];
  const { drainSeconds, random, atLeastSeconds = 0 } = options;
  const isComputed = code !== "model_unavailable" && code !== "shutting_down" && drainSeconds !== undefined;
  const seconds = isComputed ? Math.max(atLeastSeconds, retryAfterSeconds(drainSeconds, random)) : atLeastSeconds;
  return new GatewayError(code, {
    ...(message === undefined ? {} : { message }),
    ...(seconds > 0 ? { retryAfterSeconds: seconds } : {}),
  });
}
