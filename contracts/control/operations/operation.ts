import * as z from "zod";
import { ListQuery } from "../page.ts";
import type { ControlScope } from "../scopes.ts";

/** One method on one path of the control API. An operation without a scope does not compile. */
export interface ControlOperation {
  readonly method: "GET" | "POST" | "DELETE";
  /** Parameters are in braces, and each is one segment. */
  readonly path: `/v1/organization/${string}` | `/v1/projects/${string}`;
  readonly scope: ControlScope;
  /** Permits the operation for what is the caller's own, and for nothing else. @default - nothing does */
  readonly ownScope?: ControlScope;
  /** Parameters of the query. */
  readonly query: z.ZodType;
  /** The JSON body; a body is refused where the schema is `NoBody`. */
  readonly body: z.ZodType;
  readonly response: z.ZodType;
}

const NoQuery = z.strictObject({});
export const NoBody = z.undefined();

/** What operations of one method have in common. */
export const get = { method: "GET", query: NoQuery, body: NoBody } as const;
export const list = { method: "GET", query: ListQuery, body: NoBody } as const;
export const post = { method: "POST", query: NoQuery } as const;
export const remove = { method: "DELETE", query: NoQuery, body: NoBody } as const;
