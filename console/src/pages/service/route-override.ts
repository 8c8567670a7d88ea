import type { AdminOverride } from "../../../../contracts/api/admin.ts";
import type { RouteOverride } from "../../../../contracts/targets/target-changes.ts";

/** What somebody wants of a target in a route. */
export interface RouteChange {
  readonly kind: "force" | "drain" | "release";
  readonly route: string;
  readonly target: string;
}

/** What was set by hand for a route, with its version; `updatedBy` is the key that did it. */
export type SeenOverride = Pick<AdminOverride, "version" | "updatedAt" | "updatedBy" | "settings">;

export const NO_OVERRIDE: SeenOverride = {
  version: 0,
  updatedAt: null,
  updatedBy: null,
  settings: { force: null, drain: [] },
};

/** The whole override of the route after the change; `undefined` where nothing is left of it. */
export function overrideOf(before: RouteOverride, { kind, target }: RouteChange): RouteOverride | undefined {
  const forced = before.force === target ? null : before.force;
  const drained = before.drain.filter((one) => one !== target);
  const force = kind === "force" ? target : forced;
  const drain = kind === "drain" ? [...drained, target] : drained;
  return force === null && drain.length === 0 ? undefined : { force, drain };
}

/** What is other in an override than it was. */
export interface OverrideDifference {
  /** The target that is first now, `null` for none. @default - it is as before */
  readonly force?: string | null;
  readonly drained: readonly string[];
  readonly released: readonly string[];
}

export function differenceOf(before: RouteOverride, now: RouteOverride): OverrideDifference {
  return {
    ...(before.force === now.force ? {} : { force: now.force }),
    drained: now.drain.filter((target) => !before.drain.includes(target)),
    released: before.drain.filter((target) => !now.drain.includes(target)),
  };
}
