import * as z from "zod";

/** Of a record: every change raises it. */
export const Version = z.int().positive();
/** Since 1970. */
export const Seconds = z.int().nonnegative();
