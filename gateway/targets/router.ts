import type { EngineDirectory } from "../engines/engine-directory.ts";
import type { GenerationRequest } from "../generation-request.ts";
import { PoolTarget } from "./pool-target.ts";
import type { Target } from "./target.ts";

/** Knows what stands behind each public model name. */
export class Router {
  readonly #targets: ReadonlyMap<string, Target>;

  constructor(directory: Pick<EngineDirectory, "pools">) {
    this.#targets = new Map(directory.pools.map((pool) => [pool.config.id, new PoolTarget(pool)]));
  }

  /** Public model names. */
  get names(): readonly string[] {
    return [...this.#targets.keys()];
  }

  /** Where this request may go, best first; `undefined` when there is no such model. */
  targets(request: Pick<GenerationRequest, "model">): readonly Target[] | undefined {
    const target = this.#targets.get(request.model);
    return target && [target];
  }
}
