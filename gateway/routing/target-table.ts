import type { RouteSettings } from "../../contracts/targets/target-settings.ts";
import type { Named } from "../../domain/targets/target-order.ts";
import type { Target } from "../core/target.ts";
import type { Provider } from "../providers/provider.ts";

/** A public name with its targets. */
export interface RouteEntry {
  readonly name: string;
  /** `undefined` for a pool that is a route by its own name alone. */
  readonly settings: RouteSettings | undefined;
  readonly targets: readonly Named<Target>[];
  /** In their order. */
  readonly fallbacks: readonly Named<Target>[];
}

/** All providers, targets and routes at one moment; replaced as a whole when something changes. */
export interface TargetTable {
  readonly providers: ReadonlyMap<string, Provider>;
  /** Pools and providers' models by their id. */
  readonly targets: ReadonlyMap<string, Target>;
  readonly routes: ReadonlyMap<string, RouteEntry>;
}
