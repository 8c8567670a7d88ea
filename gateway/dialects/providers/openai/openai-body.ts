import { isRecord } from "../../../../lib/is-record.ts";
import type { GenerationRequest } from "../../../core/generation-request.ts";
import { refuseOnlyAnthropic } from "../../inner/anthropic-only.ts";
import { refuseFileUrls } from "./file-urls.ts";
import { hasToolMedia, withToolMediaBehind } from "./tool-media.ts";
import { type OpenAiServer, translatedChat } from "./translated-chat.ts";

type Fields = Readonly<Record<string, unknown>>;

const OPEN_BRACE = 0x7b;
const REQUEST_USAGE = Buffer.from('{"stream_options":{"include_usage":true},');

/**
 * The body for a target that speaks OpenAI's dialect and calls the model `model`. A stream's usage comes only when asked
 * for, and it has to be counted: so we ask where the client did not, and take that event out of its stream again
 * (`relay/event-scanner.ts`). Otherwise the client's bytes go on as they are; in the usual case the question is put in
 * front of them.
 * @throws {GatewayError} `invalid_request` naming the field that the dialect lacks
 */
export function openAiBody(request: GenerationRequest, model: string, server: OpenAiServer): Buffer {
  const { stream, wantsUsage, bytes } = request;
  const fields = dialectFields(request, server);
  const requestsUsage = stream && !wantsUsage;
  if (model === request.model && fields === request.fields) {
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

/** The fields as this dialect has them; the same object where the client's own are. */
function dialectFields({ route, fields, client }: GenerationRequest, server: OpenAiServer): Fields {
  if (route !== "/v1/chat/completions") return fields;
  refuseOnlyAnthropic(client);
  if (client !== undefined) refuseFileUrls(fields.messages);
  const plain = client === undefined ? fields : translatedChat(fields, client, server);
  return hasToolMedia(plain.messages) ? { ...plain, messages: withToolMediaBehind(plain.messages) } : plain;
}
