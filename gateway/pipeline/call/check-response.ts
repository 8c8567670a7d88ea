import { isRecord } from "../../../lib/is-record.ts";
import { parseJson } from "../../../lib/parse-json.ts";
import type { UpstreamProblem } from "../../core/dialect.ts";
import { UpstreamFailure } from "../../core/upstream-failure.ts";
import { refusalError } from "../../dialects/refusals/refusals.ts";
import { choiceFailed, isErrorEvent } from "../../relay/error-event.ts";

/** What a stream of events can begin with. */
const FIELDS = ["data:", "event:", "id:", "retry:", ":"];
const DATA = /^data: ?(.*)$/m;
/** The end of an event. */
const BLANK_LINE = /\r?\n\r?\n/;
const LOOK_AT_BYTES = 256;

/**
 * Checks that a stream begins as one: a provider that responds in another dialect, or with a page of HTML, has failed,
 * and another one can still be called.
 * @param problemOf reads an error response
 * @throws {UpstreamFailure}
 * @throws {GatewayError} for an error event that refuses the prompt
 */
export function checkFirstEvents(first: Buffer, mediaType: string, problemOf: (body: string) => UpstreamProblem): void {
  if (mediaType !== "text/event-stream") return;
  const text = first
    .subarray(0, LOOK_AT_BYTES)
    .toString("latin1")
    .replace(/^(\u00ef\u00bb\u00bf)?\s+/, "");
  const isCut = (field: string) => text.length < field.length && field.startsWith(text);
  if (!FIELDS.some((field) => text.startsWith(field) || isCut(field))) throw new UpstreamFailure("malformed");
  // A provider that failed after its 200 sends an error as its first event, perhaps behind comments.
  const event = firstWithData(first.toString("utf8"));
  if (event === undefined || !isErrorEvent(event)) return;
  const { message, code } = problemOf(DATA.exec(event)?.[1] ?? "");
  if (code === "content_filter" || code === "context_length_exceeded") throw refusalError(code, message);
  throw new UpstreamFailure("failed");
}

/** The text to the end of the first event with data; `undefined` where that is not whole yet. */
function firstWithData(text: string): string | undefined {
  const start = text.search(DATA);
  const length = start === -1 ? -1 : text.slice(start).search(BLANK_LINE);
  return length === -1 ? undefined : text.slice(0, start + length);
}

/**
 * Whether a whole response has the form that its endpoint expects.
 * @throws {UpstreamFailure}
 */
export function checkWhole(bytes: Buffer, isWhole: (response: Readonly<Record<string, unknown>>) => boolean): void {
  const response = parseJson(bytes.toString("utf8"));
  if (!isRecord(response)) throw new UpstreamFailure("malformed");
  const { error = null, choices } = response;
  // Some providers send an error with a 200, beside an empty list of choices or in one of them.
  if (error !== null || (Array.isArray(choices) && choices.some(choiceFailed))) throw new UpstreamFailure("failed");
  if (!isWhole(response)) throw new UpstreamFailure("malformed");
}
