import { COUNTED_WINDOWS } from "../contracts/limits/limit-rules.ts";
import type { LimitSetting } from "../contracts/limits/limit-settings.ts";
import { isTimeZone } from "../domain/limits/time-zone.ts";
import type { Environment } from "../settings/environment.ts";
import type { Problem } from "./problem.ts";

/** Rules between the limits of callers without a key and the rest of the environment. */
export function keylessLimitProblems(environment: Environment): readonly Problem[] {
  const { auth, keylessLimits } = environment.api;
  const path = "api.keylessLimits";
  const { address, all } = keylessLimits;
  if (address.length + all.length === 0) return [];
  if (auth === "required")
    return [
      {
        path,
        value: keylessLimits,
        rule: "must be empty when auth is required: there are no callers without a key",
        remedy: "remove it, or set auth to optional",
      },
    ];
  return [...limitProblems(`${path}.address`, address, environment), ...limitProblems(`${path}.all`, all, environment)];
}

export function tierProblems(environment: Environment): readonly Problem[] {
  const { api } = environment;
  const all = Object.entries(api.tiers).flatMap(([name, { limits }]) =>
    limitProblems(`api.tiers.${name}.limits`, limits, environment),
  );
  if (api.auth !== "off" || Object.keys(api.tiers).length === 0) return all;
  const rule = "must be empty when auth is off: there are no keys";
  return [...all, { path: "api.tiers", value: api.tiers, rule, remedy: "remove them" }];
}

/** Of a list of limits whose own fields are right. */
export function limitProblems(
  path: string,
  limits: readonly LimitSetting[],
  environment: Pick<Environment, "usage" | "pools" | "routes">,
): readonly Problem[] {
  const counters = limits.map(({ metric, window, model, timeZone = "UTC" }) =>
    JSON.stringify([metric, window, model, timeZone]),
  );
  return limits.flatMap((limit, index) => {
    const at = `${path}[${index}]`;
    const own = limitProblemsOf(at, limit, environment);
    if (counters.indexOf(counters[index] ?? "") === index) return own;
    const rule = "must differ from the limits before it in metric, window, model or time zone";
    return [...own, { path: at, value: limit, rule, remedy: "remove one of them" }];
  });
}

function limitProblemsOf(
  at: string,
  { window, model, timeZone }: LimitSetting,
  { usage, pools, routes }: Pick<Environment, "usage" | "pools" | "routes">,
): Problem[] {
  const problems: Problem[] = [];
  if (usage === null && COUNTED_WINDOWS.has(window))
    problems.push({
      path: `${at}.window`,
      value: window,
      rule: "must be minute, hour or now where usage is null: longer windows are counted in the usage table",
      remedy: "use a shorter window, or set usage",
    });
  if (timeZone !== undefined && !isTimeZone(timeZone))
    problems.push({
      path: `${at}.timeZone`,
      value: timeZone,
      rule: "must be a time zone of the IANA database",
      remedy: "use one such as Europe/Berlin, or leave it out for UTC",
    });
  const names = [...Object.keys(pools), ...Object.keys(routes)];
  if (model !== undefined && !names.includes(model))
    problems.push({
      path: `${at}.model`,
      value: model,
      rule: `must be one of the models and routes of the environment (${names.join(", ")})`,
      remedy: "correct the name, or leave it out for all models together",
    });
  return problems;
}
