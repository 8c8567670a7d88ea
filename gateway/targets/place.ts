import type { GenerationRequest } from "../generation-request.ts";
import type { Target } from "./target.ts";
import type { Upstream } from "./upstream.ts";

/** Room for one request at a server, already counted there. */
export interface Place {
  readonly target: Target;
  readonly upstream: Upstream;
  /** Gives it back; calling it again does nothing. */
  readonly release: () => void;
}

/** Takes a place at the target's server for this request, outside those in `tried`; `undefined` when there is none. */
export function takePlace(target: Target, request: GenerationRequest, tried: ReadonlySet<Upstream>): Place | undefined {
  const upstream = target.choose(request, tried);
  return upstream && { target, upstream, release: upstream.acquire(request) };
}
