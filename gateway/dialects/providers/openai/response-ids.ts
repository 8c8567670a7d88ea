import { randomUUID } from "node:crypto";

/** Nothing, or a prefix alone. */
const NO_ID = /^(?:(?:chat)?cmpl-)?$/;

/** Whether a response or an event of one has an id. */
export function isResponseId(id: unknown): id is string {
  return typeof id === "string" && !NO_ID.test(id);
}

/** An id for a response whose server sent none. @param object that of the response or of its event */
export function madeResponseId(object: unknown): string {
  const prefix = object === "text_completion" ? "cmpl" : "chatcmpl";
  return `${prefix}-${randomUUID().replaceAll("-", "")}`;
}
