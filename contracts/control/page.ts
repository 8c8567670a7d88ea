import * as z from "zod";
import { queryInteger } from "../query/query-integer.ts";

/** One page of a list; `last_id` is the `after` of the next. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.strictObject({
    object: z.literal("list"),
    data: z.array(item),
    first_id: z.string().nullable(),
    last_id: z.string().nullable(),
    has_more: z.boolean(),
  });

/** One page of a list of groups or roles; `next` is the `after` of the next page, and null on the last one. */
export const nextPageOf = <T extends z.ZodType>(item: T) =>
  z.strictObject({
    object: z.literal("list"),
    data: z.array(item),
    has_more: z.boolean(),
    next: z.string().nullable(),
  });

/** The response to a deletion. */
export const deleted = <const T extends string>(object: T) =>
  z.strictObject({ object: z.literal(object), id: z.string(), deleted: z.boolean() });

const ID = /^[\w-]{1,200}$/;
/** The id of an object, in a body. */
export const Id = z.string().regex(ID, "must be an id: 1 to 200 letters, digits, _ and -");

/** @default limit - 20, as OpenAI's */
export const cursor = {
  after: z.string().regex(ID, "must be the id of an item of this list; correct it in the query").optional(),
  limit: queryInteger(z.int().min(1).max(100)).default(20),
};
export const ListQuery = z.strictObject(cursor);

/** Times are whole seconds since 1970. */
export const Seconds = z.int().nonnegative();
/** Half of a surrogate pair is no text that can be stored and hashed: DynamoDB and the audit trail have UTF-8. */
const Text = z
  .string()
  .refine(
    (text) => text.isWellFormed(),
    "must be text, and has half of a surrogate pair (\\ud800 to \\udfff); remove it",
  );
export const Name = Text.trim().min(1).max(100);
export const Description = Text.max(500);

/** The longest life of a key that has an end. */
const MAX_LIFE_SECONDS = 10 * 366 * 86_400;
export const ExpiresInSeconds = z.int().min(1).max(MAX_LIFE_SECONDS);
