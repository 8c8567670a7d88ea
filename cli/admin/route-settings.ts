import { ROUTE_VALUES, TARGET_WEIGHT } from "../../domain/targets/target-defaults.ts";
import { UserError } from "../terminal/user-error.ts";
import { onlyFile, readSettingsFile } from "./settings-file.ts";

/** The options of a route; `--file` has all settings that an environment file can have. */
export interface RouteOptions {
  readonly file?: string;
  readonly target?: readonly string[];
  readonly fallback?: readonly string[];
  readonly policy?: string;
  readonly sticky?: string;
  readonly failoverAfter?: string;
  readonly hedgeAfter?: string;
}

const PARTS = ["target", "fallback", "policy", "sticky", "failoverAfter", "hedgeAfter"] as const;
export const TARGET_FORM = "POOL or PROVIDER/MODEL, with =WEIGHT";

/**
 * Converts options to the settings of the admin API, which validates their values.
 * @throws {UserError} when an option is malformed
 */
export function routeSettings(options: RouteOptions): unknown {
  if (options.file !== undefined) {
    onlyFile({ ...options }, PARTS);
    return readSettingsFile(options.file);
  }
  const { target = [], fallback = [], policy, sticky, failoverAfter, hedgeAfter } = options;
  if (target.length === 0) throw new UserError("A route needs at least one --target, or all settings in --file.");
  return {
    policy: policy ?? ROUTE_VALUES.policy,
    sticky: sticky ?? ROUTE_VALUES.sticky,
    targets: target.map((text) => weighted(text)),
    fallbacks: fallback.map((text) => reference(text)),
    failoverAfterSeconds: failoverAfter === undefined ? ROUTE_VALUES.failoverAfterSeconds : seconds(failoverAfter),
    ...(hedgeAfter === undefined ? {} : { hedgeAfterMs: Number(hedgeAfter) }),
  };
}

function weighted(text: string): object {
  const [, id = text, digits = String(TARGET_WEIGHT)] = /^(.*)=(.*)$/.exec(text) ?? [];
  const weight = Number(digits);
  if (digits.trim() === "" || !Number.isFinite(weight))
    throw new UserError(`--target must end in a weight, got ${text}; write it as ${TARGET_FORM}, e.g. ${id}=95.`);
  return { ...reference(id), weight };
}

/** Names of pools have no slash; names of providers' models may have slashes. */
function reference(id: string): object {
  const slash = id.indexOf("/");
  return slash < 0 ? { pool: id } : { provider: id.slice(0, slash), model: id.slice(slash + 1) };
}

function seconds(text: string): number {
  const value = Number(text);
  if (value > 0) return value;
  throw new UserError(
    `--failover-after must be a number of seconds above 0, got ${text}; omit it for the target's own limit.`,
  );
}
