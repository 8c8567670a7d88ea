import type * as z from "zod";
import { fieldPath } from "../domain/issue-rules.ts";
import { tierPlan } from "../domain/limits/tiers.ts";
import { isRecord } from "../lib/is-record.ts";
import { type Environment, EnvironmentSchema } from "../settings/environment.ts";
import { applyDefaults, type WithDefaults } from "./defaults/apply-defaults.ts";
import { EnvironmentError, type Problem } from "./problem.ts";
import { crossFieldProblems } from "./rules.ts";

const CORRECT = "correct the value";

/** An environment with all its settings. */
export interface ResolvedEnvironment {
  readonly environment: Environment;
  /** Why each default has its value, by path, e.g. `api.auth`; settings that the file has are not in it. */
  readonly reasons: ReadonlyMap<string, string>;
  /** The name of the models in the file. */
  readonly modelsField: WithDefaults["modelsField"];
}

/**
 * Adds the defaults to the data of one environment file, and checks the whole.
 * @param file shown in the error, e.g. `environments/dev.ts`
 * @throws {EnvironmentError} listing every problem with path, value, rule and remedy
 */
export function resolveEnvironment(data: unknown, file: string): ResolvedEnvironment {
  const { settings, reasons, modelsField, problems: wrongDefaults } = applyDefaults(data);
  const refuse = (problems: readonly Problem[]): never => {
    // A default that follows from a wrong setting is wrong too: only what the file has is reported, if there is any.
    const ofTheFile = problems.filter(({ path }) => !reasons.has(path));
    const reported = ofTheFile.length > 0 ? ofTheFile : problems;
    throw new EnvironmentError(
      file,
      reported.map((problem) => ({ ...problem, path: problem.path.replace(/^pools(?=$|\.)/, modelsField) })),
    );
  };
  const parsed = EnvironmentSchema.safeParse(settings, { reportInput: true });
  if (!parsed.success) return refuse([...wrongDefaults, ...parsed.error.issues.flatMap(issueProblems)]);
  if (wrongDefaults.length > 0) return refuse(wrongDefaults);
  const environment = withTierPlans(parsed.data, reasons);
  const problems = crossFieldProblems(environment);
  return problems.length > 0 ? refuse(problems) : { environment, reasons, modelsField };
}

/** With the usage plans that follow from its tiers, but for those that the file has itself. */
function withTierPlans(environment: Environment, reasons: Map<string, string>): Environment {
  const { api } = environment;
  if (api.entry !== "api-gateway") return environment;
  const usagePlans = { ...api.usagePlans };
  for (const [name, tier] of Object.entries(api.tiers)) {
    if (Object.hasOwn(usagePlans, name)) continue;
    usagePlans[name] = tierPlan(tier, api.throttle);
    reasons.set(`api.usagePlans.${name}`, "what the expected keys of the tier may send together");
  }
  return { ...environment, api: { ...api, usagePlans } };
}

/** The environment of a file, checked; see `resolveEnvironment`. */
export function validateEnvironment(data: unknown, file: string): Environment {
  return resolveEnvironment(data, file).environment;
}

function issueProblems(issue: z.core.$ZodIssue): readonly Problem[] {
  if (issue.code === "invalid_union") return unionProblems(issue);
  const path = fieldPath(issue.path);
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => ({
      path: path === "" ? key : `${path}.${key}`,
      value: isRecord(issue.input) ? issue.input[key] : undefined,
      rule: "is not a known setting",
      remedy: "remove it or correct its spelling (settings/environment.ts and the files beside it list all settings)",
    }));
  return [{ path: path || "(the file)", value: issue.input, rule: ruleOf(issue), remedy: remedyOf(issue) }];
}

/** Of a value that may have several forms: what it is short of the nearest form, or all forms where it has none of them. */
function unionProblems(issue: z.core.$ZodIssueInvalidUnion): readonly Problem[] {
  const { discriminator, errors, input, path } = issue;
  const whole = { path: fieldPath(path) || "(the file)", value: input };
  if (discriminator !== undefined) {
    const value = isRecord(input) ? input[discriminator] : undefined;
    const options = ("options" in issue ? (issue.options ?? []) : []).map(String).join(", ");
    return [{ ...whole, value, rule: `must be one of ${options}`, remedy: value === undefined ? "add it" : CORRECT }];
  }
  const forms = errors.filter((form) => form.length > 0);
  const isOneValue = forms.flat().every((inner) => inner.path.length === 0 && inner.code !== "unrecognized_keys");
  const [nearest] = forms.toSorted((a, b) => a.length - b.length);
  if (nearest === undefined || isOneValue) {
    const rules = forms.flat().map((inner) => ruleOf(inner).replace(/^must be (one of )?/, ""));
    return [{ ...whole, rule: `must be ${[...new Set(rules)].join(" or ") || issue.message}`, remedy: CORRECT }];
  }
  return nearest.flatMap((inner) => issueProblems({ ...inner, path: [...path, ...inner.path] }));
}

function ruleOf(issue: z.core.$ZodIssue): string {
  // A schema's own message is a rule; zod's begins with "Invalid".
  if (issue.code === "invalid_value" && issue.message.startsWith("Invalid "))
    return `must be one of ${issue.values.map(String).join(", ")}`;
  if (issue.input === undefined) return "is required";
  if (issue.code === "too_small") return `must be at least ${issue.minimum}`;
  if (issue.code === "too_big") return `must be at most ${issue.maximum}`;
  if (issue.code === "invalid_type") return `must be of type ${issue.expected}`;
  return issue.message.replace(/^Invalid (input|string): /, "");
}

function remedyOf(issue: z.core.$ZodIssue): string {
  return issue.input === undefined ? "add it" : CORRECT;
}
