import { isRecord } from "../../lib/is-record.ts";

/** Operators with their keys and values: `{ StringEquals: { "aws:RequestedRegion": "eu-west-1" } }`. */
export type PolicyConditions = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

/** One statement of an IAM policy with every element as a list. */
export interface ParsedStatement {
  /** @default - the statement has none */
  readonly sid: string | undefined;
  readonly effect: "Allow" | "Deny";
  readonly actions: ElementOrRest;
  /** Missing in a trust policy, which is about the role itself. */
  readonly resources: ElementOrRest | undefined;
  /** Missing in a policy of an identity. Kinds with their values; `"*"` is `{ AWS: ["*"] }`. */
  readonly principals: Readonly<Record<string, readonly string[]>> | undefined;
  readonly conditions: PolicyConditions;
}

/** Patterns of `Action` or `Resource`; with `isRest` those of `NotAction` or `NotResource`: everything but them. */
export interface ElementOrRest {
  readonly patterns: readonly string[];
  readonly isRest: boolean;
}

const ELEMENTS: ReadonlySet<string> = new Set([
  ...["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Principal", "Condition"],
]);

/**
 * Statements of a policy in JSON.
 * @throws for an element that this reader does not know, so that none is silently ignored
 */
export function parsePolicy(text: string): readonly ParsedStatement[] {
  const document: unknown = JSON.parse(text);
  if (!isRecord(document)) throw new Error(`A policy must be a JSON object, got ${text.slice(0, 60)}`);
  const { Statement } = document;
  return (Array.isArray(Statement) ? Statement : [Statement]).map(parseStatement);
}

function parseStatement(statement: unknown): ParsedStatement {
  if (!isRecord(statement)) throw new Error(`A statement must be an object, got ${JSON.stringify(statement)}`);
  const unknown = Object.keys(statement).filter((element) => !ELEMENTS.has(element));
  if (unknown.length > 0)
    throw new Error(
      `Statement ${statement.Sid} has ${unknown.join(", ")}, which the evaluator does not know; add it to domain/iam/policy.ts.`,
    );
  const { Sid, Effect, Principal, Condition = {} } = statement;
  if (Effect !== "Allow" && Effect !== "Deny") throw new Error(`Effect must be Allow or Deny, got ${Effect}`);
  const actions = elementOrRest(statement.Action, statement.NotAction);
  if (actions === undefined) throw new Error(`Statement ${Sid} has neither Action nor NotAction`);
  return {
    sid: Sid === undefined ? undefined : String(Sid),
    effect: Effect,
    actions,
    resources: elementOrRest(statement.Resource, statement.NotResource),
    principals: principalsOf(Principal),
    conditions: Object.fromEntries(
      Object.entries(isRecord(Condition) ? Condition : {}).map(([operator, keys]) => [
        operator,
        Object.fromEntries(Object.entries(isRecord(keys) ? keys : {}).map(([key, values]) => [key, texts(values)])),
      ]),
    ),
  };
}

function elementOrRest(element: unknown, rest: unknown): ElementOrRest | undefined {
  if (element !== undefined) return { patterns: texts(element), isRest: false };
  return rest === undefined ? undefined : { patterns: texts(rest), isRest: true };
}

function principalsOf(principal: unknown): ParsedStatement["principals"] {
  if (principal === undefined) return undefined;
  if (!isRecord(principal)) return { AWS: texts(principal) };
  return Object.fromEntries(Object.entries(principal).map(([kind, values]) => [kind, texts(values)]));
}

function texts(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : [value]).map(String);
}
