import type * as z from "zod";
import type { ErrorDetail } from "../../../contracts/api/errors.ts";
import { GatewayError } from "../../core/gateway-error.ts";

type Issue = z.core.$ZodIssue;

const SHOWN_CHARACTERS = 80;
/** A body can have thousands of problems; the first ones are enough to mend it. */
const MAX_DETAILS = 50;
/** Fields whose values are, or may quote, user content: never repeated in a response. */
const SECRET =
  /^(prompt|suffix|system|input|instructions|metadata|text|structured_outputs|guided_\w+|tools|tool_choice|response_format|stop|user|messages(?!\[\d+\]\.role$))/;

/** Every problem of a body as OpenAI's `param` path and a message: value, rule, remedy. */
export function bodyProblems(issues: readonly Issue[]): readonly ErrorDetail[] {
  return issues.flatMap((issue) => issueProblems(issue, [])).slice(0, MAX_DETAILS);
}

export function invalidRequest(details: readonly ErrorDetail[]): GatewayError {
  const [first] = details;
  const message =
    details.length === 1 && first !== undefined
      ? first.message
      : `${details.length} fields are invalid: ${details.map(({ param }) => param).join(", ")}. Correct the fields listed in \`details\`.`;
  return new GatewayError("invalid_request", { message, details });
}

function issueProblems(issue: Issue, parents: readonly PropertyKey[]): readonly ErrorDetail[] {
  const path = [...parents, ...issue.path];
  if (issue.code === "invalid_union") {
    // A branch that fails only inside the value is the one that was meant: its own problems are reported. Of several
    // such branches, the one with the fewest problems.
    const [meant] = issue.errors
      .filter((branch) => branch.length > 0 && branch.every((inner) => inner.path.length > 0))
      .sort((one, other) => one.length - other.length);
    // A list that is too long in one form fits that form better than one whose elements are wrong one after the other.
    const tooLong = issue.errors.flat().find((inner) => inner.code === "too_big" && inner.path.length === 0);
    if (tooLong !== undefined && (meant === undefined || meant.length > 1)) return issueProblems(tooLong, path);
    if (meant !== undefined) return meant.flatMap((inner) => issueProblems(inner, path));
  }
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => {
      const unknown = paramPath([...path, key]);
      return { param: unknown, message: `\`${unknown}\` is not a field that is known there; remove it.` };
    });
  const param = paramPath(path);
  if (issue.code === "invalid_key")
    return [{ param, message: `\`${param}\` is not a name that is allowed there; correct or remove it.` }];
  const { rule, remedy } = ruleOf(issue);
  if (issue.input === undefined) return [{ param, message: `\`${param}\` is required; add it.` }];
  return [{ param, message: `\`${param}\` ${rule}, got ${shown(param, issue.input)}; ${remedy}.` }];
}

function ruleOf(issue: Issue): { readonly rule: string; readonly remedy: string } {
  switch (issue.code) {
    case "invalid_type":
      return { rule: `must be ${article(typeName(issue.expected))}`, remedy: "send that type" };
    case "invalid_value":
      return { rule: `must be one of ${issue.values.map(String).join(", ")}`, remedy: "use one of these" };
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
    default: {
      // Schemas with a rule of their own have its message.
      const rule = issue.message.startsWith("must ") ? issue.message : "must have the documented form";
      return { rule, remedy: "see the API reference" };
    }
  }
}

function expectedOf(issue: z.core.$ZodIssueInvalidUnion): { readonly rule: string; readonly remedy: string } {
  const names = issue.errors.flat().flatMap((inner) => {
    if (inner.code === "invalid_type") return [article(typeName(inner.expected))];
    if (inner.code === "invalid_value") return inner.values.map(String);
    if (inner.code === "too_small" || inner.code === "too_big")
      return [`not ${inner.code === "too_small" ? "empty" : "too long"}`];
    return [];
  });
  if (names.length === 0) return { rule: "must have a documented value", remedy: "see the API reference" };
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
  if (SECRET.test(param))
    return typeof value === "string" ? `a string of ${value.length} characters` : article(typeof value);
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
