import { shownValue } from "../issue-rules.ts";
import { ScimError } from "./scim-error.ts";

/** What a filter asks for: that an attribute, its name in small letters, has a value. */
export interface ScimFilter<Name extends string> {
  readonly attribute: Name;
  readonly value: string;
}

const EQUALS = /^([A-Za-z][\w.:-]{0,200})\s+eq\s+(".*")$/is;

/**
 * Reads a filter. Identity providers look resources up by one attribute, so `eq` is the only operator.
 * @throws {ScimError} `invalidFilter` for another filter, or an attribute that is not listed
 */
export function parseFilter<const Name extends string>(filter: string, attributes: readonly Name[]): ScimFilter<Name> {
  const [, name = "", literal = ""] = EQUALS.exec(filter.trim()) ?? [];
  const value = textOf(literal);
  const attribute = attributes.find((one) => one.toLowerCase() === name.toLowerCase());
  if (attribute === undefined || value === undefined)
    throw new ScimError(
      400,
      `The filter must be one of ${attributes.map((one) => `'${one} eq "…"'`).join(", ")}, got ${shownValue(filter)}; use one of these.`,
      "invalidFilter",
    );
  return { attribute, value };
}

const MEMBERSHIP = /^id\s+eq\s+("[^"]*")\s+and\s+members(?:\.value)?\s+eq\s+("[^"]*")$/i;

/** The ids of a group and a user, where a filter asks whether the user is in the group: so Entra checks a membership. */
export function membershipFilter(filter: string): { readonly groupId: string; readonly userId: string } | undefined {
  const [, group = "", user = ""] = MEMBERSHIP.exec(filter.trim()) ?? [];
  const [groupId, userId] = [textOf(group), textOf(user)];
  return groupId === undefined || userId === undefined ? undefined : { groupId, userId };
}

/** A JSON string. */
function textOf(literal: string): string | undefined {
  try {
    const value: unknown = JSON.parse(literal);
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}
