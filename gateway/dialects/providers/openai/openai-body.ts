import { isRecord } from "../../../../lib/is-record.ts";
import type { GenerationRequest } from "../../../core/generation-request.ts";

const OPEN_BRACE = 0x7b;
const REQUEST_USAGE = Buffer.from('{"stream_options":{"include_usage":true},');

/**
 * The body for a target that speaks OpenAI's dialect and calls the model `model`. A stream's usage comes only when asked
 * for, and it has to be counted: so we ask where the client did not, and take that event out of its stream again
 * (`relay/event-scanner.ts`). Otherwise the client's bytes go on as they are; in the usual case the question is put in
 * front of them.
 */
export function openAiBody(request: GenerationRequest, model: string): Buffer {
  const { stream, wantsUsage, bytes, fields } = request;
  const requestsUsage = stream && !wantsUsage;
  if (model === request.model) {
    if (!requestsUsage) return bytes;
    if (!Object.hasOwn(fields, "stream_options")) {
      const start = bytes.indexOf(OPEN_BRACE);
      return Buffer.concat([REQUEST_USAGE, bytes.subarray(start + 1)]);
    }
  }
  // Another name, or stream options without usage (rare): with two fields of one name, servers differ on which wins.
  const options = isRecord(fields.stream_options) ? fields.stream_options : {};
  const usage = requestsUsage ? { stream_options: { ...options, include_usage: true } } : {};
  return Buffer.from(JSON.stringify({ ...fields, model, ...usage }));
}
