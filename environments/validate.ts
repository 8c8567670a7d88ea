import type * as z from "zod";
import { isRecord } from "../lib/is-record.ts";
import { type Environment, EnvironmentSchema } from "../settings/environment.ts";
import { EnvironmentError, type Problem } from "./problem.ts";
import { crossFieldProblems } from "./rules.ts";

/**
 * Checks the data of one environment file.
 * @param file shown in the error, e.g. `environments/dev.ts`
 * @throws {EnvironmentError} listing every problem with path, value, rule and remedy
 */
export function validateEnvironment(data: unknown, file: string): Environment {
  const parsed = EnvironmentSchema.safeParse(data, { reportInput: true });
  if (!parsed.success) throw new EnvironmentError(file, parsed.error.issues.flatMap(issueProblems));
  const problems = crossFieldProblems(parsed.data);
  if (problems.length > 0) throw new EnvironmentError(file, problems);
  return parsed.data;
}

function issueProblems(issue: z.core.$ZodIssue): readonly Problem[] {
  const path = fieldPath(issue.path);
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => ({
      path: path === "" ? key : `${path}.${key}`,
      value: isRecord(issue.input) ? issue.input[key] : undefined,
      rule: "is not a known setting",
      remedy: "remove it or correct its spelling (settings/environment.ts lists all settings)",
    }));
  return [{ path: path || "(the file)", value: issue.input, rule: ruleOf(issue), remedy: remedyOf(issue) }];
}

function ruleOf(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_value") return `must be one of ${issue.values.map(String).join(", ")}`;
  if (issue.input === undefined) return "is required";
  if (issue.code === "too_small") return `must be at least ${issue.minimum}`;
  if (issue.code === "too_big") return `must be at most ${issue.maximum}`;
  if (issue.code === "invalid_type") return `must be of type ${issue.expected}`;
  return issue.message.replace(/^Invalid (input|string): /, "");
}

function remedyOf(issue: z.core.$ZodIssue): string {
  return issue.input === undefined ? "add it" : "correct the value";
}

function fieldPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    return text === "" ? String(part) : `${text}.${String(part)}`;
  }, "");
}
