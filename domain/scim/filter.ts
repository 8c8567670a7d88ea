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
      `The filter must be one of ${attributes.map((one) => `'${one} eq "…"'`).join(", ")}.`,
      "invalidFilter",
    );
  return { attribute, value };
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
