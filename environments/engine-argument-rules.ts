import { VLLM_OPTIONS } from "../contracts/engine/vllm-options.ts";
import { allowedValues } from "../contracts/engine/vllm-values.ts";
import type { EngineArguments } from "../domain/engine-arguments.ts";
import { closestName } from "../lib/closest-name.ts";
import type { Problem } from "./problem.ts";
import { RESERVED_ENGINE_ARGUMENTS } from "./reserved-engine-arguments.ts";

type Argument = EngineArguments[string];
type Reason = Pick<Problem, "rule" | "remedy">;

/** Arguments of a pool that the pinned vLLM does not have or would refuse, and those that Sluice sets itself. */
export function engineArgumentProblems(path: string, added: EngineArguments): readonly Problem[] {
  return Object.entries(added).flatMap(([name, value]) => {
    const reason = nameReason(name) ?? valueReason(name, value);
    return reason === undefined ? [] : [{ path: `${path}.${name}`, value, ...reason }];
  });
}

function nameReason(name: string): Reason | undefined {
  if (Object.hasOwn(RESERVED_ENGINE_ARGUMENTS, name))
    return { rule: "must not be set here", remedy: RESERVED_ENGINE_ARGUMENTS[name] ?? "omit it" };
  if (isOption(name)) return undefined;
  const rule = `is not one of vLLM's arguments (${VLLM_OPTIONS.version})`;
  const written = name.replace(/^--?/, "").replaceAll("_", "-");
  if (written !== name && isOption(written)) return { rule, remedy: `write it as ${JSON.stringify(written)}` };
  const switched = written.replace(/^no-/, "");
  if (switched !== written && isOption(switched)) return { rule, remedy: `write ${JSON.stringify(switched)}: false` };
  const [option, ...keys] = written.split(".");
  if (option !== undefined && keys.length > 0 && isOption(option))
    return { rule, remedy: `write ${JSON.stringify(option)} with an object that has ${keys.join(".")}` };
  const closest = closestName(`--${written}`, Object.keys(VLLM_OPTIONS.options));
  return { rule, remedy: closest === undefined ? "omit it" : `did you mean ${JSON.stringify(closest.slice(2))}?` };
}

function isOption(name: string): boolean {
  return Object.hasOwn(VLLM_OPTIONS.options, `--${name}`);
}

function valueReason(name: string, value: Argument): Reason | undefined {
  const takes = VLLM_OPTIONS.options[`--${name}`];
  if (takes === "flag")
    return value === true ? undefined : { rule: "must be true: it is a flag", remedy: "omit it to leave it off" };
  if (takes === "switch")
    return typeof value === "boolean" ? undefined : { rule: "must be true or false", remedy: "write one of them" };
  const allowed = allowedValues(`--${name}`);
  if (allowed === "JSON")
    return typeof value === "object" ? undefined : { rule: "must be JSON", remedy: "write an object or a list" };
  if (typeof value === "boolean") return { rule: "must have a value: it is no switch", remedy: "write its value" };
  if (Array.isArray(value) && takes !== "values") return { rule: "must be one value", remedy: "write no list" };
  for (const item of Array.isArray(value) ? value : [value]) {
    const reason = itemReason(allowed, item);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

/** Of one text or number of an option, or of an object, which is written as JSON. */
function itemReason(allowed: ReturnType<typeof allowedValues>, item: unknown): Reason | undefined {
  const text = typeof item === "object" ? JSON.stringify(item) : String(item);
  const remedy = "correct the value";
  if (Array.isArray(allowed))
    return allowed.includes(text) ? undefined : { rule: `must be one of ${allowed.join(", ")}`, remedy };
  if (allowed === "integer") return /^-?\d+$/.test(text) ? undefined : { rule: "must be a whole number", remedy };
  if (allowed === "number") return /^-?\d+(\.\d+)?$/.test(text) ? undefined : { rule: "must be a number", remedy };
  // vLLM's parser would take it for the next option.
  const isLikeOption = typeof item === "string" && item.startsWith("-");
  return isLikeOption ? { rule: "must not begin with a hyphen", remedy } : undefined;
}
