import { repeatedParameter } from "../../domain/issue-rules.ts";
import { GatewayError } from "../core/gateway-error.ts";

/** The query of a request. */
export class RequestQuery {
  readonly #values: URLSearchParams;

  constructor(text: string) {
    this.#values = new URLSearchParams(text);
  }

  /** @throws {GatewayError} `invalid_request` where it comes several times: which of them is meant is not known */
  get(name: string): string | null {
    const values = this.#values.getAll(name);
    if (values.length <= 1) return values[0] ?? null;
    throw new GatewayError("invalid_request", { message: repeatedParameter(name, values.length), param: name });
  }
}

/** The query of a request's target. */
export function queryOf(target: string): RequestQuery {
  const at = target.indexOf("?");
  return new RequestQuery(at < 0 ? "" : target.slice(at + 1));
}

/** @throws {GatewayError} `invalid_request` when it is not a whole number within the bounds */
export function limitIn(
  query: RequestQuery,
  { usual, most }: { readonly usual: number; readonly most: number },
): number {
  const text = query.get("limit");
  if (text === null) return usual;
  const limit = Number(text);
  if (/^\d+$/.test(text) && limit >= 1 && limit <= most) return limit;
  throw wrong("limit", `1 to ${most}`, text);
}

/** One of the values; the first where the query has none. */
export function choiceIn<T extends string>(query: RequestQuery, name: string, values: readonly [T, ...T[]]): T {
  const text = query.get(name);
  if (text === null) return values[0];
  const value = values.find((each) => each === text);
  if (value === undefined) throw wrong(name, values.join(" or "), text);
  return value;
}

/**
 * The id after which a page begins.
 * @param form of the list's ids
 * @returns `undefined` where the query has none
 * @throws {GatewayError} `invalid_request` when it is no id of such a list
 */
export function afterIn(query: RequestQuery, form: RegExp): string | undefined {
  const text = query.get("after");
  if (text === null || form.test(text)) return text ?? undefined;
  throw wrongCursor("after", text);
}

/** For an id that is no item of the list: the first page again would have no end. */
export function wrongCursor(param: string, id: string): GatewayError {
  return wrong(param, "the id of an item of this list", id);
}

/** A page of a list in OpenAI's form. @param found at most one more than `limit`; that one shows that there are more */
export function listOf<T extends { readonly id?: unknown }>(found: readonly T[], limit: number) {
  const data = found.slice(0, limit);
  return {
    object: "list",
    data,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: found.length > limit,
  } as const;
}

function wrong(param: string, rule: string, value: string): GatewayError {
  const message = `\`${param}\` must be ${rule}, got ${JSON.stringify(value.slice(0, 80))}. Correct it in the query.`;
  return new GatewayError("invalid_request", { message, param });
}
