import type { ErrorDetail } from "../../../contracts/api/errors.ts";
import { isRecord } from "../../../lib/is-record.ts";

/**
 * More single values than any real request has outside of its prompt (2,048 messages with some parts each, tool
 * schemas). The schema check costs about 2 µs for each wrong one: a body of 4 MB full of them would hold up every other
 * request for seconds.
 */
const MAX_VALUES = 50_000;
/** A digit and a comma: a smaller body can't have so many values, and need not be counted. */
const LEAST_VALUE_BYTES = 2;
/** Token ids, or prompts; twice the longest context in use. */
const MAX_PROMPT_ITEMS = 300_000;

/** Fields that hold a text, texts or token ids, on one route or another. */
const LONG_FIELDS = ["prompt", "input", "tokens"] as const;

/**
 * Finds a body for which the schema check would be expensive. Stops at the first problem.
 * @param sizeBytes of the body
 */
export function boundProblem(fields: Readonly<Record<string, unknown>>, sizeBytes: number): ErrorDetail | undefined {
  if (sizeBytes > MAX_VALUES * LEAST_VALUE_BYTES && hasTooManyValues(fields))
    return { param: "", message: `The body has over ${MAX_VALUES} values; send fewer messages, parts or tools.` };
  for (const name of LONG_FIELDS) {
    const value = fields[name];
    const problem = isLongList(value) ? listProblem(name, value) : undefined;
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function hasTooManyValues(fields: Readonly<Record<string, unknown>>): boolean {
  const long: readonly string[] = LONG_FIELDS.filter((name) => isLongList(fields[name]));
  const rest = Object.entries(fields).flatMap(([name, value]) => (long.includes(name) ? [] : [value]));
  return countValues(rest, MAX_VALUES) > MAX_VALUES;
}

/** Not the input of `/v1/responses`: its items are objects. */
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
  for (const [index, item] of list.entries()) {
    const param = `${name}[${index}]`;
    if (Array.isArray(first)) {
      const wrong = Array.isArray(item) ? item.findIndex((token) => !isTokenId(token)) : -1;
      if (!Array.isArray(item))
        return { param, message: `\`${param}\` must be an array of token ids, as the first is.` };
      if (wrong >= 0)
        return {
          param: `${param}[${wrong}]`,
          message: `\`${param}[${wrong}]\` must be a token id; send a whole number.`,
        };
    } else if (typeof first === "string") {
      if (typeof item !== "string") return { param, message: `\`${param}\` must be a string, as the first is.` };
    } else if (!isTokenId(item))
      return { param, message: `\`${param}\` must be a string or a token id (a whole number).` };
  }
  return undefined;
}

function isTokenId(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function countValues(root: unknown, limit: number): number {
  const open: unknown[] = [root];
  let count = 0;
  for (let value = open.pop(); value !== undefined && count <= limit; value = open.pop()) {
    const children: readonly unknown[] = Array.isArray(value) ? value : isRecord(value) ? Object.values(value) : [];
    count += children.length;
    if (count > limit) break;
    for (const child of children) if (typeof child === "object" && child !== null) open.push(child);
  }
  return count;
}
