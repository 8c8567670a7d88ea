import * as z from "zod";

/** One page of a list; `last_id` is the `after` of the next. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.strictObject({
    object: z.literal("list"),
    data: z.array(item),
    first_id: z.string().nullable(),
    last_id: z.string().nullable(),
    has_more: z.boolean(),
  });

/** The response to a deletion. */
export const deleted = <const T extends string>(object: T) =>
  z.strictObject({ object: z.literal(object), id: z.string(), deleted: z.boolean() });

/** @default limit - 20, as OpenAI's */
export const cursor = {
  after: z
    .string()
    .regex(/^[\w-]{1,200}$/, "must be the id of an item of this list; correct it in the query")
    .optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
};
export const ListQuery = z.strictObject(cursor);

/** Times are whole seconds since 1970. */
export const Seconds = z.int().nonnegative();
export const Name = z.string().trim().min(1).max(100);

/** The longest life of a key that has an end. */
const MAX_LIFE_SECONDS = 10 * 366 * 86_400;
export const ExpiresInSeconds = z.int().min(1).max(MAX_LIFE_SECONDS);
