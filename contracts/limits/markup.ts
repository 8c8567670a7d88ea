import * as z from "zod";

/** Most markups of an environment. */
const MAX_MARKUPS = 500;

/** What callers are charged beside the price, in percent of it: of a project, of a plan's keys, of a model, or of all three together. */
const Markup = z.strictObject({
  /** 20 is a fifth more, -100 is free. Two decimals at most. */
  percent: z.number().min(-100).max(10_000).multipleOf(0.01),
  /** Id of a project. @default - all, and requests without one */
  project: z.string().min(1).max(200).optional(),
  /** Usage plan of the key. @default - all */
  plan: z.string().min(1).max(100).optional(),
  /** Public name of a model. @default - all */
  model: z.string().min(1).max(200).optional(),
});
export type Markup = Readonly<z.infer<typeof Markup>>;

/** The first that is about a request counts, so that those for fewer requests stand above. */
export const Markups = z.array(Markup).max(MAX_MARKUPS);
