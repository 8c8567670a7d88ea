import { isTokenId } from "../../../contracts/api/bounded-schemas.ts";
import type { ErrorDetail } from "../../../contracts/api/errors.ts";
import { isRecord } from "../../../lib/is-record.ts";
import { fieldProblem } from "./body-problems.ts";

/**
 * More single values than any real request has outside of its prompt (2,048 messages with some parts each, tool
 * schemas). The schema check costs about 2 µs for each wrong one: a body of 4 MB full of them would hold up every other
 * request for seconds.
 */
const MAX_VALUES = 50_000;
/** Fields of one object. Tool schemas of real clients have some hundred properties, `logit_bias` some thousand tokens. */
const MAX_FIELDS = 10_000;
/** `"a":1,` : a smaller body can't have so many fields, nor so many values, and need not be counted. */
const LEAST_FIELD_BYTES = 6;
/** Token ids, or prompts; twice the longest context in use. */
const MAX_PROMPT_ITEMS = 300_000;

/**
 * Finds a body for which the schema check would be expensive. Stops at the first problem.
 * @param sizeBytes of the body
 * @param promptList the field that may be a list of texts or token ids. @default - the endpoint has none
 */
export function boundProblem(
  fields: Readonly<Record<string, unknown>>,
  sizeBytes: number,
  promptList?: string,
): ErrorDetail | undefined {
  const list = promptList === undefined ? undefined : fields[promptList];
  if (sizeBytes > MAX_FIELDS * LEAST_FIELD_BYTES) {
    const counted = valuesProblem(fields, list);
    if (counted !== undefined) return { param: "", message: counted };
  }
  return promptList !== undefined && isLongList(list) ? listProblem(promptList, list) : undefined;
}

/** @param promptList whose items are not counted where they are texts or token ids */
function valuesProblem(fields: Readonly<Record<string, unknown>>, promptList: unknown): string | undefined {
  const open: (readonly unknown[] | Readonly<Record<string, unknown>>)[] = [fields];
  let values = 0;
  for (let container = open.pop(); container !== undefined; container = open.pop()) {
    if (Array.isArray(container)) {
      values += container.length;
      for (const item of container) if (isContainer(item)) open.push(item);
    } else {
      let own = 0;
      // A list of the names takes several times as long.
      for (const name in container) {
        const value = (container as Readonly<Record<string, unknown>>)[name];
        own++;
        if (container === fields && value === promptList && isLongList(value)) continue;
        if (isContainer(value)) open.push(value);
      }
      if (own > MAX_FIELDS) return `An object of the body has over ${MAX_FIELDS} fields; send fewer.`;
      values += own;
    }
    if (values > MAX_VALUES) return `The body has over ${MAX_VALUES} values; send fewer messages, parts or tools.`;
  }
  return undefined;
}

/** Not a list of objects, which the schema describes. */
function isLongList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && !isRecord(value[0]);
}

function listProblem(name: string, list: readonly unknown[]): ErrorDetail | undefined {
  if (list.length > MAX_PROMPT_ITEMS)
    return {
      param: name,
      message: `\`${name}\` must have at most ${MAX_PROMPT_ITEMS} items, got ${list.length}; shorten it.`,
    };
  const [first] = list;
  // Most of a long list is right; a problem's name is made where there is one.
  const isRight = rightItem(first);
  for (const [index, item] of list.entries()) {
    if (isRight(item)) continue;
    const param = `${name}[${index}]`;
    if (Array.isArray(item) && Array.isArray(first)) {
      const at = item.findIndex((token) => !isTokenId(token));
      return fieldProblem(`${param}[${at}]`, item[at], "must be a token id", "send a whole number from 0");
    }
    if (Array.isArray(first))
      return fieldProblem(param, item, "must be an array of token ids", "send what the first is");
    if (typeof first === "string") return fieldProblem(param, item, "must be a string", "send what the first is");
    const rule = "must be a string or a token id (a whole number from 0)";
    return fieldProblem(param, item, rule, "send either texts or ids");
  }
  return undefined;
}

/** What the items of a list have to be, by its first one. */
function rightItem(first: unknown): (item: unknown) => boolean {
  if (Array.isArray(first)) return (item) => Array.isArray(item) && item.every(isTokenId);
  return typeof first === "string" ? (item) => typeof item === "string" : isTokenId;
}

function isContainer(value: unknown): value is readonly unknown[] | Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
