import { type ErrorCode, errorBody } from "../../../contracts/api/errors.ts";
import { DONE_EVENT as DONE_LINE, MAX_DONE_BYTES } from "../../relay/event-scanner.ts";

/** Whether the bytes behind the last whole event are the end, without the blank line that ends an event. */
export function isDone(rest: Buffer): boolean {
  return rest.length > 0 && rest.length < MAX_DONE_BYTES && DONE_LINE.test(rest.toString("latin1"));
}

/** The event, in OpenAI's dialect, that ends a stream in an error. @param message @default - the catalogue's */
export function errorEvent(code: ErrorCode, message?: string): Buffer {
  const body = errorBody(code, message === undefined ? {} : { message: `${message} Send the request again.` });
  return Buffer.from(`data: ${JSON.stringify(body)}\n\n`);
}
