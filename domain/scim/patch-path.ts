import { shownValue } from "../issue-rules.ts";
import { ScimError } from "./scim-error.ts";

/** An attribute that a PATCH is about. */
export interface PatchPath {
  /** In small letters, with a sub-attribute after a dot: `name.givenname`. */
  readonly attribute: string;
  /** The `value` that a filter in brackets asks for: `members[value eq "…"]`. */
  readonly selected: string | undefined;
}

const PATH = /^([A-Za-z$][\w$-]*(?:\.[A-Za-z$][\w$-]*)?)(?:\[([^\]]*)\](?:\.[A-Za-z$][\w$-]*)?)?$/;
const SELECTED = /^\s*value\s+eq\s+"([^"\\]*)"\s*$/i;
/** Attributes of other schemas, which are not stored. */
const EXTENSION = /^urn:[\w:.-]+$/i;

/**
 * Reads the path of an operation.
 * @param schema whose attributes may have its URN before them
 * @returns `undefined` for an attribute of another schema
 * @throws {ScimError} `invalidPath`
 */
export function parsePath(path: string, schema: string): PatchPath | undefined {
  const prefix = `${schema}:`.toLowerCase();
  const own = path.toLowerCase().startsWith(prefix) ? path.slice(prefix.length) : path;
  if (EXTENSION.test(own)) return undefined;
  const [, attribute, filter] = PATH.exec(own) ?? [];
  if (attribute === undefined)
    throw new ScimError(400, `The path '${path.slice(0, 200)}' is not one of an attribute.`, "invalidPath");
  return { attribute: attribute.toLowerCase(), selected: SELECTED.exec(filter ?? "")?.[1] };
}

/** The error of an operation without a path whose value is not an object of attributes. */
export function valueWithoutPath(value: unknown): ScimError {
  const detail = `An operation without a path has an object of attributes as value, got ${shownValue(value)}; send one.`;
  return new ScimError(400, detail, "invalidValue");
}
