import { isRecord } from "../../../lib/is-record.ts";
import { parseJson } from "../../../lib/parse-json.ts";
import { UpstreamFailure } from "../../core/upstream-failure.ts";
import { choiceFailed } from "../../relay/error-event.ts";

/**
 * Whether a whole response has the form that its endpoint expects.
 * @throws {UpstreamFailure}
 */
export function checkWhole(bytes: Buffer, isWhole: (response: Readonly<Record<string, unknown>>) => boolean): void {
  const response = parseJson(bytes.toString("utf8"));
  if (!isRecord(response)) throw new UpstreamFailure("malformed");
  const { error = null, choices } = response;
  // Some providers send an error with a 200, beside an empty list of choices or in one of them.
  if (error !== null) throw new UpstreamFailure("failed");
  if (Array.isArray(choices) && choices.some(choiceFailed)) throw UpstreamFailure.unusableOutput("failed");
  if (!isWhole(response)) throw new UpstreamFailure("malformed");
}
