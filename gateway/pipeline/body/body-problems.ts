import type * as z from "zod";
import type { ErrorDetail } from "../../../contracts/api/errors.ts";
import { ANY_FORM, amount, article, fieldPath, isOfSize, onePerField, ruleOf } from "../../../domain/issue-rules.ts";
import { isRecord } from "../../../lib/is-record.ts";
import { valueText } from "../../../lib/shortened.ts";
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
      const unknown = fieldPath([...path, key]);
      return { param: unknown, message: `\`${unknown}\` is not a field that is known there; remove it.` };
    });
  const param = fieldPath(path);
  if (issue.code === "invalid_key") return [nameProblem(issue, param)];
  const { rule, remedy } = ruleOf(issue);
  if (issue.input === undefined) return [missingProblem(param, rule)];
  return [fieldProblem(param, issue.input, rule, remedy)];
}

/** A list's or object's kind, by one of its fields, is none of those that exist. */
function kindProblem({ discriminator = "", options = [], input }: NoMatch, path: readonly PropertyKey[]): ErrorDetail {
  const param = fieldPath(path);
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

function shown(param: string, value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === "object") return "an object";
  if (typeof value === "number" && !Number.isFinite(value)) return valueText(value);
  if (SECRET.test(param) && !(KIND.test(param) && typeof value === "string" && KIND_FORM.test(value))) {
    if (typeof value === "string") return `a string of ${amount(value.length, "string")}`;
    return typeof value === "number" && !Number.isInteger(value) ? "a fraction" : article(typeof value);
  }
  const text = JSON.stringify(value);
  return text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS)}…`;
}
