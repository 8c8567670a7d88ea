import type { GenerationRequest } from "./generation-request.ts";
import { isLease, type Lease, type Refusal } from "./lease.ts";
import type { Target } from "./target.ts";
import type { Upstream } from "./upstream.ts";

const NONE: ReadonlySet<Upstream> = new Set();

/**
 * A lease at the first of these targets that has one. Targets that just recovered get more than their share of requests
 * only when no other target has a lease.
 * @returns the lease, or why each target has none
 */
export function reserveFirst(
  targets: readonly Target[],
  generation: GenerationRequest,
  tried: ReadonlySet<Upstream> = NONE,
): Lease | readonly Refusal[] {
  const refusals: Refusal[] = [];
  for (const insist of [false, true])
    for (const target of targets) {
      const reservation = target.tryReserve(generation, { tried, insist });
      if (isLease(reservation)) return reservation;
      refusals.push(reservation);
    }
  return refusals;
}
