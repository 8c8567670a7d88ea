import type * as z from "zod";
import { ERRORS } from "../../../contracts/api/errors.ts";
import { fieldPath, onePerField, REPORTED, ruleOf, shownValue } from "../../../domain/issue-rules.ts";
import { isRecord } from "../../../lib/is-record.ts";
import { shortened } from "../../../lib/shortened.ts";
import { ControlError } from "./control-error.ts";

type Issue = z.core.$ZodIssue;

/** Problems that an error names. */
const SHOWN_PROBLEMS = 10;
/** Of one problem: it repeats names that the caller chose, of up to a megabyte. */
const SHOWN_CHARACTERS = 300;
/** Of a value or a field's name. */
const VALUE_CHARACTERS = 80;

/** @returns `undefined` where there is no body. @throws {ControlError} `invalid_json` */
export function jsonOf(body: string | undefined): unknown {
  if (body === undefined || body === "") return undefined;
  try {
    return JSON.parse(body);
  } catch {
    throw new ControlError("invalid_json", ERRORS.invalid_json.message);
  }
}

/** The value as the schema has it. @throws {ControlError} `invalid_request` with the first problems, a line each */
export function checked(schema: z.ZodType, value: unknown): unknown {
  const result = schema.safeParse(value, REPORTED);
  if (result.success) return result.data;
  const { lines, param } = problemsOf(result.error, value);
  throw new ControlError("invalid_request", lines.join("\n"), { param });
}

/** The first problems of a value, a line each, and the field of the first one. */
export function problemsOf({ issues: all }: z.ZodError, value: unknown) {
  const issues = onePerField(all);
  const lines = issues.slice(0, SHOWN_PROBLEMS).map((issue) => shortened(problem(issue, value), SHOWN_CHARACTERS));
  return { lines, param: paramOf(issues[0]) };
}

/** Field, rule, value and remedy of one problem. */
function problem(issue: Issue, whole: unknown): string {
  const path = fieldPath(issue.path);
  const field = path === "" ? "The request" : `\`${shortened(path, VALUE_CHARACTERS)}\``;
  if (issue.code === "unrecognized_keys") {
    const names = issue.keys.map((key) => `\`${shortened(key, VALUE_CHARACTERS)}\``).join(", ");
    return `${names} ${issue.keys.length === 1 ? "is not a field that is" : "are not fields that are"} known there; remove ${issue.keys.length === 1 ? "it" : "them"}.`;
  }
  if (issue.code === "custom" && !issue.message.startsWith("must ")) return `${field}: ${issue.message}`;
  if (issue.code === "invalid_type" && issue.expected === "undefined") return `${field} takes no body; leave it out.`;
  const { rule, remedy } = ruleOf(issue);
  const value = valueAt(whole, issue.path);
  if (value === undefined) return `${field} is required, and ${rule}; send it.`;
  return `${field} ${rule}, got ${shownValue(value)}; ${remedy}.`;
}

/** Of an unknown field, that field. */
function paramOf(issue: Issue | undefined): string | undefined {
  if (issue === undefined) return undefined;
  const path = issue.code === "unrecognized_keys" ? [...issue.path, ...issue.keys.slice(0, 1)] : issue.path;
  return shortened(fieldPath(path), VALUE_CHARACTERS);
}

/** As it was sent: the schema may have made a number of a text. */
function valueAt(whole: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, part) => {
    if (Array.isArray(value)) return value[Number(part)];
    return isRecord(value) && Object.hasOwn(value, part) ? value[String(part)] : undefined;
  }, whole);
}
