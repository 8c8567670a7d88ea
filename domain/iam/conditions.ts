import { matchesArn, matchesWildcards } from "./patterns.ts";
import type { PolicyConditions } from "./policy.ts";

/** Values of a request by condition key. A key without an entry is absent from the request. */
export type RequestContext = Readonly<Record<string, string | readonly string[]>>;

type Comparison = (policyValue: string, requestValue: string) => boolean;

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  StringEquals: (policy, request) => policy === request,
  StringEqualsIgnoreCase: (policy, request) => policy.toLowerCase() === request.toLowerCase(),
  StringLike: matchesWildcards,
  ArnEquals: matchesArn, // AWS documents both operators as identical
  ArnLike: matchesArn,
  Bool: (policy, request) => policy.toLowerCase() === request.toLowerCase(),
};

/** Whether a request meets all conditions of a statement. */
export function meetsConditions(conditions: PolicyConditions, context: RequestContext): boolean {
  return Object.entries(conditions).every(([operator, keys]) =>
    Object.entries(keys).every(([key, values]) => meets(operator, values, valuesOf(context, key))),
  );
}

/** Names of condition keys are compared without regard to case; those of tags too. */
function valuesOf(context: RequestContext, key: string): readonly string[] | undefined {
  const entry = Object.entries(context).find(([name]) => name.toLowerCase() === key.toLowerCase());
  if (entry === undefined) return undefined;
  const [, value] = entry;
  return typeof value === "string" ? [value] : value;
}

/** @throws for an operator that is not known here */
function meets(operator: string, policyValues: readonly string[], values: readonly string[] | undefined): boolean {
  const { set, name, isOptional } = parseOperator(operator);
  if (name === "Null") return policyValues.includes(String(values === undefined));
  const isNegated = name.startsWith("StringNot") || name.startsWith("ArnNot");
  const compare = COMPARISONS[name.replace("Not", "")];
  if (compare === undefined)
    throw new Error(`The condition operator ${operator} is not known; add it to domain/iam/conditions.ts with a test.`);
  const matches = (value: string) => policyValues.some((each) => compare(each, value)) !== isNegated;
  if (values === undefined || (values.length === 0 && set !== undefined))
    return set === "ForAllValues" || (set === undefined && (isOptional || isNegated));
  return set === "ForAllValues" ? values.every(matches) : values.some(matches);
}

function parseOperator(operator: string) {
  const [, set, name = operator, suffix] = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(operator) ?? [];
  return { set, name, isOptional: suffix !== undefined };
}
