import { isRecord } from "../../../lib/is-record.ts";
import { parseJson } from "../../../lib/parse-json.ts";
import type { UpstreamProblem } from "../../core/dialect.ts";
import { UpstreamFailure } from "../../core/upstream-failure.ts";
import { refusalError } from "../../dialects/refusals/refusals.ts";

/** What a stream of events can begin with. */
const FIELDS = ["data:", "event:", "id:", "retry:", ":"];
/** A provider that failed after its 200 sends an error as its first event. */
const FIRST_IS_ERROR = /^\s*(event: ?error\s+)?data: ?\{\s*"error"\s*:/;
const FIRST_DATA = /^data: ?(.*)$/m;
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
  if (!FIRST_IS_ERROR.test(text)) return;
  const [, data = ""] = FIRST_DATA.exec(first.toString("utf8")) ?? [];
  const { message, code } = problemOf(data);
  if (code === "content_filter" || code === "context_length_exceeded") throw refusalError(code, message);
  throw new UpstreamFailure("failed");
}

/**
 * Whether a whole response has the form that its endpoint expects.
 * @throws {UpstreamFailure}
 */
export function checkWhole(bytes: Buffer, isWhole: (response: Readonly<Record<string, unknown>>) => boolean): void {
  const response = parseJson(bytes.toString("utf8"));
  if (isRecord(response) && isWhole(response)) return;
  throw new UpstreamFailure(isRecord(response) && response.error !== undefined ? "failed" : "malformed");
}
