import type { GenerationRequest } from "../generation-request.ts";
import type { Target } from "./target.ts";
import type { Upstream, UpstreamPlace } from "./upstream.ts";

/** Room for one request at a server. */
export interface Place extends UpstreamPlace {
  /** Whether it is counted there already. A provider's is not: each count takes from what it allows in a minute. */
  readonly isHeld: boolean;
}

/** Room at the target's server for this request, outside those in `tried`; `undefined` when there is none. */
export function takePlace(target: Target, request: GenerationRequest, tried: ReadonlySet<Upstream>): Place | undefined {
  const upstream = target.choose(request, tried);
  if (upstream === undefined) return undefined;
  if (target.kind === "provider") return { isHeld: false, release: () => undefined };
  const place = upstream.acquire(request);
  return place && { ...place, isHeld: true };
}
