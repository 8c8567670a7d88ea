import { isRecord } from "../../lib/is-record.ts";
import type { PolicyResource } from "./policy-rule.ts";

export type Attributes = Readonly<Record<string, unknown>>;

/** Blocks of one kind: OpenTofu's JSON writes one as an object and several as a list. */
export function blocks(value: unknown): readonly Attributes[] {
  return (Array.isArray(value) ? value : [value]).filter(isRecord);
}

/** Texts of a list, or the one text. */
export function texts(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : [value]).filter((item) => typeof item === "string");
}

/** A boolean, or its text, which the provider accepts for older attributes. */
export function isTrue(value: unknown): boolean {
  return value === true || value === "true";
}

/** The resources of a type that refer to a resource in an attribute. */
export function siblings(
  stack: readonly PolicyResource[],
  type: string,
  attribute: string,
  { address }: PolicyResource,
): readonly PolicyResource[] {
  return stack.filter((other) => {
    const reference = other.attributes[attribute];
    return other.type === type && typeof reference === "string" && reference.includes(`${address}.`);
  });
}
