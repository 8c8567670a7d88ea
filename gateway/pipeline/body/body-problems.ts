import type * as z from "zod";
import type { ErrorDetail } from "../../../contracts/api/errors.ts";
import { isRecord } from "../../../lib/is-record.ts";
import { GatewayError } from "../../core/gateway-error.ts";

type Issue = z.core.$ZodIssue;
type UnionIssue = z.core.$ZodIssueInvalidUnion;
type NoMatch = Exclude<UnionIssue, { readonly inclusive: false }>;

const SHOWN_CHARACTERS = 80;
/** A body can have thousands of problems; the first ones are enough to mend it. */
const MAX_DETAILS = 50;
/** Fields whose values are, or may quote, user content: never repeated in a response. */
const SECRET =
  /^(prompt|suffix|system|input|instructions|metadata|text|structured_outputs|guided_\w+|tools|tool_choice|response_format|stop|user|messages(?!\[\d+\]\.role$))/;
/** Fields that name one of a few kinds. A word of the form that such names have is repeated: it is no content. */
const KIND = /(^|\.)(type|role|mode|effort|verbosity|tool_choice)$/;
const KIND_FORM = /^[a-z][a-z0-9_]{0,39}$/;

/** Every problem of a body as OpenAI's `param` path and a message: value, rule, remedy. */
export function bodyProblems(issues: readonly Issue[]): readonly ErrorDetail[] {
  return onePerField(issues)
    .flatMap((issue) => issueProblems(issue, []))
    .slice(0, MAX_DETAILS);
}

/**
 * The issue of each field that says the most. An empty value of a wrong type is too short as well: its type is the
 * problem. A number beyond those that JavaScript counts with is over the field's own bound too, which comes last.
 */
function onePerField(issues: readonly Issue[]): readonly Issue[] {
  const telling = new Map<string, Issue>();
  for (const issue of issues) {
    const names = issue.code === "unrecognized_keys" ? issue.keys : [];
    const field = JSON.stringify([issue.path.map(String), names]);
    const first = telling.get(field);
    if (first === undefined || (isOfSize(first) && issue.code === first.code)) telling.set(field, issue);
  }
  return [...telling.values()];
}

function isOfSize({ code }: Issue): boolean {
  return code === "too_small" || code === "too_big";
}

export function invalidRequest(details: readonly ErrorDetail[]): GatewayError {
  const [first] = details;
  const message =
    details.length === 1 && first !== undefined
      ? first.message
      : `${details.length} fields are invalid: ${details.map(({ param }) => param).join(", ")}. Correct the fields listed in \`details\`.`;
  return new GatewayError("invalid_request", { message, details });
}

/** A problem of one field. @param remedy without its full stop */
export function fieldProblem(param: string, value: unknown, rule: string, remedy: string): ErrorDetail {
  return { param, message: `\`${param}\` ${rule}, got ${shown(param, value)}; ${remedy}.` };
}

function issueProblems(issue: Issue, parents: readonly PropertyKey[]): readonly ErrorDetail[] {
  const path = [...parents, ...issue.path];
  if (issue.code === "invalid_union") {
    if (issue.inclusive !== false && issue.discriminator !== undefined) return [kindProblem(issue, path)];
    const inner = meantIssues(issue.errors.map(onePerField));
    if (inner !== undefined) return inner.flatMap((each) => issueProblems(each, path));
  }
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => {
      const unknown = paramPath([...path, key]);
      return { param: unknown, message: `\`${unknown}\` is not a field that is known there; remove it.` };
    });
  const param = paramPath(path);
  if (issue.code === "invalid_key") return [nameProblem(issue, param)];
  const { rule, remedy } = ruleOf(issue);
  if (issue.input === undefined) return [missingProblem(param, rule)];
  return [fieldProblem(param, issue.input, rule, remedy)];
}

/** A list's or object's kind, by one of its fields, is none of those that exist. */
function kindProblem({ discriminator = "", options = [], input }: NoMatch, path: readonly PropertyKey[]): ErrorDetail {
  const param = paramPath(path);
  const rule = `must be one of ${options.map(String).join(", ")}`;
  const value = isRecord(input) ? input[discriminator] : undefined;
  if (value === undefined) return missingProblem(param, rule);
  return fieldProblem(param, value, rule, "use one of these");
}

/** A field is not there that has to be. */
export function missingProblem(param: string, rule: string): ErrorDetail {
  return { param, message: `\`${param}\` is required, and ${rule}; add it.` };
}

function nameProblem({ issues: [first] }: z.core.$ZodIssueInvalidKey, param: string): ErrorDetail {
  const rule = first === undefined ? undefined : ruleOf(first).rule;
  const form = rule === undefined || rule === ANY_FORM ? "" : `: it ${rule}`;
  return { param, message: `\`${param}\` is not a name that is allowed there${form}; correct or remove it.` };
}

/** Of a union's branches, the problems of the one that was meant; `undefined` where none is clearly meant. */
function meantIssues(errors: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  // A branch that fails only inside the value is the one that was meant: its own problems are reported. Of several
  // such branches, the one with the fewest problems, and the deepest, as it fits the most.
  const [meant] = errors
    .filter((branch) => branch.length > 0 && branch.every((inner) => inner.path.length > 0))
    .sort((one, other) => one.length - other.length || depthOf(other) - depthOf(one));
  // A list that is too long in one form fits that form better than one whose elements are wrong one after the other.
  const tooLong = errors.flat().find((inner) => inner.code === "too_big" && inner.path.length === 0);
  if (tooLong !== undefined && (meant === undefined || meant.length > 1)) return [tooLong];
  if (meant !== undefined) return meant;
  // A value of the right type with the wrong size.
  const sized = errors.find((branch) => branch.every(isOfSize));
  return sized?.slice(0, 1);
}

function depthOf(branch: readonly Issue[]): number {
  return Math.max(...branch.map(({ path }) => path.length));
}

interface Rule {
  readonly rule: string;
  readonly remedy: string;
}

/** The rule of a value whose schema has no words for it. */
const ANY_FORM = "must have the documented form";

function ruleOf(issue: Issue): Rule {
  if (isOfSize(issue) && issue.message.startsWith("must ")) return ownRule(issue.message);
  switch (issue.code) {
    case "invalid_type":
      return { rule: `must be ${article(typeName(issue.expected))}`, remedy: "send that type" };
    case "invalid_value":
      return {
        rule: `must be ${issue.values.length > 1 ? "one of " : ""}${issue.values.map(String).join(", ")}`,
        remedy: issue.values.length > 1 ? "use one of these" : "use this",
      };
    case "too_small":
      return {
        rule: `must ${sizeWord(issue.origin)} ${issue.inclusive === false ? "more than" : "at least"} ${amount(issue.minimum, issue.origin)}`,
        remedy: issue.origin === "string" || issue.origin === "array" ? "send more" : "raise it",
      };
    case "too_big":
      return {
        rule: `must ${sizeWord(issue.origin)} ${issue.inclusive === false ? "less than" : "at most"} ${amount(issue.maximum, issue.origin)}`,
        remedy: issue.origin === "string" || issue.origin === "array" ? "shorten it" : "lower it",
      };
    case "invalid_union":
      return expectedOf(issue);
    case "invalid_format": {
      if (issue.pattern === undefined || issue.message.startsWith("must ")) return ownRule(issue.message);
      return { rule: `must match ${issue.pattern}`, remedy: "correct it" };
    }
    default:
      return ownRule(issue.message);
  }
}

/** Schemas with a rule of their own have its message: the rule, and the remedy behind a semicolon. */
function ownRule(message: string): Rule {
  if (!message.startsWith("must ")) return { rule: ANY_FORM, remedy: "see the API reference" };
  const [rule = "", remedy = "correct it"] = message.split("; ", 2);
  return { rule, remedy };
}

function expectedOf({ errors }: UnionIssue): Rule {
  const names = errors.flatMap(onePerField).flatMap((inner) => {
    if (inner.path.length > 0) return [];
    if (inner.code === "invalid_type") return [article(typeName(inner.expected))];
    if (inner.code === "invalid_value") return inner.values.map(String);
    if (inner.code === "too_small" || inner.code === "too_big")
      return [`not ${inner.code === "too_small" ? "empty" : "too long"}`];
    return [];
  });
  if (names.length === 0) return { rule: ANY_FORM, remedy: "see the API reference" };
  return { rule: `must be ${[...new Set(names)].join(" or ")}`, remedy: "send one of these" };
}

function typeName(expected: string): string {
  if (expected === "int") return "whole number";
  if (expected === "record") return "object";
  return expected;
}

function article(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? "an" : "a"} ${noun}`;
}

function sizeWord(origin: string): string {
  return origin === "string" || origin === "array" ? "have" : "be";
}

function amount(count: number | bigint, origin: string): string {
  if (origin !== "string" && origin !== "array") return String(count);
  const unit = origin === "string" ? "character" : "item";
  return `${count} ${unit}${Number(count) === 1 ? "" : "s"}`;
}

function shown(param: string, value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === "object") return "an object";
  if (SECRET.test(param) && !(KIND.test(param) && typeof value === "string" && KIND_FORM.test(value)))
    return typeof value === "string" ? `a string of ${amount(value.length, "string")}` : article(typeof value);
  const text = JSON.stringify(value);
  return text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS)}…`;
}

function paramPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    const name = String(part).slice(0, SHOWN_CHARACTERS);
    return text === "" ? name : `${text}.${name}`;
  }, "");
}
