import { isRecord } from "../is-record.ts";
import type { GenerationRequest } from "./parse-body.ts";

const OPEN_BRACE = 0x7b;
const ASK_FOR_USAGE = Buffer.from('{"stream_options":{"include_usage":true},');

/**
 * The body for the engine. A stream's usage comes only when asked for, and it has to be counted: so we ask where the
 * client did not, and take that event out of its stream again (`relay/event-scanner.ts`). Otherwise the client's bytes
 * go on as they are; in the usual case the question is put in front of them.
 */
export function engineBody({ stream, wantsUsage, bytes, fields }: GenerationRequest): Buffer {
  if (!stream || wantsUsage) return bytes;
  if (!Object.hasOwn(fields, "stream_options")) {
    const start = bytes.indexOf(OPEN_BRACE);
    return Buffer.concat([ASK_FOR_USAGE, bytes.subarray(start + 1)]);
  }
  // The client has options of its own without usage (rare): with two of the same name, servers differ on which wins.
  const options = isRecord(fields.stream_options) ? fields.stream_options : {};
  return Buffer.from(JSON.stringify({ ...fields, stream_options: { ...options, include_usage: true } }));
}
