import type { AdminTarget } from "../../../../contracts/api/admin.ts";
import type { RouteOverride } from "../../../../contracts/targets/target-changes.ts";

/** What somebody wants of a target in a route. */
export interface RouteChange {
  readonly kind: "force" | "drain" | "release";
  readonly route: string;
  readonly target: string;
}

/** The whole override of the route after the change; `undefined` where nothing is left of it. */
export function overrideOf(
  targets: readonly Pick<AdminTarget, "id" | "forced" | "drained">[],
  { kind, route, target }: RouteChange,
): RouteOverride | undefined {
  const before = targets.filter(({ id }) => id !== target);
  const forced = before.find((one) => one.forced.includes(route))?.id ?? null;
  const drained = before.filter((one) => one.drained.includes(route)).map(({ id }) => id);
  const force = kind === "force" ? target : forced;
  const drain = kind === "drain" ? [...drained, target] : drained;
  return force === null && drain.length === 0 ? undefined : { force, drain };
}
