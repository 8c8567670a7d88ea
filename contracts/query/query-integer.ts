import * as z from "zod";

/** As JSON has integers of up to 16 digits: no `1e3`, no `0x10`, no `05`, and no spaces around it. */
const INTEGER = /^-?(?:0|[1-9]\d{0,15})$/;

/** A whole number of a query, which comes as text. @param bounds of the number, such as `z.int().min(1)` */
export function queryInteger<T extends z.ZodType<number, number>>(bounds: T) {
  return z.preprocess((text, { issues }) => {
    if (typeof text !== "string") return text;
    if (INTEGER.test(text)) return Number(text);
    issues.push({
      code: "custom",
      input: text,
      message: "must be a whole number of 1 to 16 decimal digits without leading zeros; correct it",
    });
    return z.NEVER;
  }, bounds);
}
