import * as z from "zod";

/** Name of an environment, a plan or a tier. */
export const ShortName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,19}$/, "must be 1 to 20 of a-z, 0-9 and -, starting with a letter");
