import * as z from "zod";
import { shortened, valueText } from "../lib/shortened.ts";

type Issue = z.core.$ZodIssue;
type UnionIssue = z.core.$ZodIssueInvalidUnion;

/**
 * The issue of each field that says the most. An empty value of a wrong type is too short as well: its type is the
 * problem. A number beyond those that JavaScript counts with is over the field's own bound too, which comes last.
 */
export function onePerField(issues: readonly Issue[]): readonly Issue[] {
  const telling = new Map<string, Issue>();
  for (const issue of issues) {
    const names = issue.code === "unrecognized_keys" ? issue.keys : [];
    const field = JSON.stringify([issue.path.map(String), names]);
    const first = telling.get(field);
    if (first === undefined || (isOfSize(first) && issue.code === first.code)) telling.set(field, issue);
  }
  return [...telling.values()];
}

export function isOfSize({ code }: Issue): boolean {
  return code === "too_small" || code === "too_big";
}

const FINITE = "must be a finite ";

/**
 * How a body is parsed whose problems are reported: with the value of each, and with a number's range where a number such as
 * `1e400` is none that JavaScript has. Zod reports it as no number at all.
 */
export const REPORTED = { reportInput: true, error: finiteRule } satisfies z.core.ParseContext<Issue>;

function finiteRule({ code, input, inst }: z.core.$ZodRawIssue): string | undefined {
  if (code !== "invalid_type" || typeof input !== "number" || Number.isFinite(input)) return undefined;
  if (!(inst instanceof z.ZodNumber)) return undefined;
  const { minValue, maxValue, isInt } = inst;
  const isIn = (value: number | null) => inst.safeParse(value).success;
  const bounds = [
    bound(isIn(minValue) ? "at least" : "more than", minValue),
    bound(isIn(maxValue) ? "at most" : "less than", maxValue),
  ].filter((each) => each !== "");
  const range = bounds.length === 0 ? "" : `, ${bounds.join(" and ")}`;
  return `${FINITE}${isInt ? "whole number" : "number"}${range}; ${input < 0 ? "raise it" : "lower it"}`;
}

function bound(word: string, value: number | null): string {
  return value === null || !Number.isFinite(value) ? "" : `${word} ${value}`;
}

/** What a value must be, and what to do about one that is not. */
export interface Rule {
  readonly rule: string;
  readonly remedy: string;
}

/** The rule of a value whose schema has no words for it. */
export const ANY_FORM = "must have the documented form";

/** The rule that a value breaks, in words. */
export function ruleOf(issue: Issue): Rule {
  if (isOfSize(issue) && issue.message.startsWith("must ")) return ownRule(issue.message);
  switch (issue.code) {
    case "invalid_type":
      if (issue.message.startsWith(FINITE)) return ownRule(issue.message);
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
    if (inner.code === "invalid_type" && inner.message.startsWith(FINITE))
      return [ownRule(inner.message).rule.slice("must be ".length)];
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

export function article(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? "an" : "a"} ${noun}`;
}

function sizeWord(origin: string): string {
  return origin === "string" || origin === "array" ? "have" : "be";
}

export function amount(count: number | bigint, origin: string): string {
  if (origin !== "string" && origin !== "array") return String(count);
  const unit = origin === "string" ? "character" : "item";
  return `${count} ${unit}${Number(count) === 1 ? "" : "s"}`;
}

/** Characters of a field's name in an error. */
const NAME_CHARACTERS = 80;

/** A field as errors name it: `messages[0].content`. Of a list in a query, whose name ends with `[]`, a value is `group_by[0]`. */
export function fieldPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text.replace(/\[\]$/, "")}[${part}]`;
    const name = String(part).slice(0, NAME_CHARACTERS);
    return text === "" ? name : `${text}.${name}`;
  }, "");
}

/** Characters of a value in an error. */
const VALUE_CHARACTERS = 80;

/** A value as an error has it. */
export function shownValue(value: unknown): string {
  if (value === undefined) return "none";
  if (Array.isArray(value)) return `a list of ${amount(value.length, "array")}`;
  if (typeof value === "object" && value !== null) return "an object";
  return shortened(valueText(value), VALUE_CHARACTERS);
}

/** Problem of a parameter that came several times in a query: which of its values is meant is not known. */
export function repeatedParameter(name: string, times: number): string {
  return `\`${name}\` must come once in the query, got it ${times} times; remove all but one.`;
}
