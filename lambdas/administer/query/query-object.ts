import * as z from "zod";
import { repeatedParameter } from "../../../domain/issue-rules.ts";
import { shortened } from "../../../lib/shortened.ts";
import { ControlError } from "../call/control-error.ts";

/** Characters of a name in an error. */
const MAX_NAME = 80;

/** The query of a request; a name that ends with `[]` may come several times. */
export type RequestQuery = Readonly<Record<string, readonly string[]>>;

/**
 * A query as its schema reads it. A list may come as `name[]=…` and as `name=…`, which clients do that write it by hand.
 * @throws {ControlError} for anything else that comes twice
 */
export function queryObject(query: RequestQuery, schema: z.ZodType): Readonly<Record<string, unknown>> {
  const known: Readonly<Record<string, unknown>> = schema instanceof z.ZodObject ? schema.shape : {};
  const named = Object.entries(query).map(([name, values]) => {
    const isList = name.endsWith("[]") || (Object.hasOwn(known, `${name}[]`) && !Object.hasOwn(known, name));
    return [isList && !name.endsWith("[]") ? `${name}[]` : name, values] as const;
  });
  const byName = Map.groupBy(named, ([name]) => name);
  return Object.fromEntries(
    Array.from(byName, ([name, found]) => {
      const values = found.flatMap(([, some]) => some);
      return [name, name.endsWith("[]") ? values : single(name, values)];
    }),
  );
}

/** @throws {ControlError} where it comes several times: which of them is meant is not known */
export function single(name: string, values: readonly string[] | undefined): string | undefined {
  if (values === undefined || values.length <= 1) return values?.[0];
  const param = shortened(name, MAX_NAME);
  throw new ControlError("invalid_request", repeatedParameter(param, values.length), { param });
}
