import { isRecord } from "../../../../lib/is-record.ts";
import type { GenerationRequest } from "../../../core/generation-request.ts";
import { jsonBytes } from "../../../outside-values/paced-json.ts";
import { refuseOnlyAnthropic } from "../../inner/anthropic-only.ts";
import { unsupportedField } from "../../inner/refuse.ts";
import { refuseAccountObjects } from "./account-objects.ts";
import { refuseFileUrls } from "./file-urls.ts";
import { withPinnedArguments } from "./forced-calls.ts";
import { hasToolMedia, withToolMediaBehind } from "./tool-media.ts";
import { type OpenAiServer, translatedChat } from "./translated-chat.ts";

type Fields = Readonly<Record<string, unknown>>;

const OPEN_BRACE = 0x7b;
const REQUEST_USAGE = Buffer.from('{"stream_options":{"include_usage":true},');

/**
 * The body for a target of OpenAI's dialect that calls the model `model`. A stream has its usage only on request, and
 * it has to be counted: so the gateway requests it where the client did not, and removes that event from the client's
 * stream (`relay/event-scanner.ts`). Otherwise the client's bytes are sent as they are; in the usual case the option is
 * put in front of them.
 * @throws {GatewayError} `invalid_request` naming the field that the dialect lacks
 */
export function openAiBody(request: GenerationRequest, model: string, server: OpenAiServer): Buffer | Promise<Buffer> {
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
  const body = jsonBytes({ ...fields, model, ...usage });
  return body instanceof Promise ? body.then((json) => withExactSeed(json, request)) : withExactSeed(body, request);
}

/** The fields as this dialect has them; the same object where the client's own are. */
export function dialectFields({ route, fields, client }: GenerationRequest, server: OpenAiServer): Fields {
  if (route !== "/v1/chat/completions") return fields;
  refuseOnlyAnthropic(client);
  refuseAccountObjects(fields);
  if (client !== undefined) refuseFileUrls(fields.messages);
  if (server === "engine") refuseWebSearch(fields);
  const own = client === undefined ? fields : translatedChat(fields, client, server);
  const plain = server === "engine" ? withPinnedArguments(own) : own;
  return hasToolMedia(plain.messages) ? { ...plain, messages: withToolMediaBehind(plain.messages) } : plain;
}

/** vLLM leaves fields out that it does not know. @throws {GatewayError} for a search that no engine of ours performs */
function refuseWebSearch({ web_search_options: search }: Fields): void {
  if (search === undefined || search === null) return;
  throw unsupportedField("web_search_options", "our engines", "leave it out, or use a provider's model that searches");
}

/** A seed has 64 bits, of which a number of JavaScript keeps 53: its digits are taken from the client's bytes. */
export function withExactSeed(body: Buffer, { fields, bytes }: GenerationRequest): Buffer {
  const { seed } = fields;
  if (typeof seed !== "number" || Number.isSafeInteger(seed)) return body;
  // Inside a string the quotes of a key are escaped.
  const written = bytes.toString("utf8").matchAll(/"seed"\s{0,9}:\s{0,9}(-?\d{1,20})/g);
  const digits = [...written].map(([, found]) => found).find((found) => Number(found) === seed);
  if (digits === undefined) return body;
  return Buffer.from(body.toString("utf8").replace(`"seed":${JSON.stringify(seed)}`, `"seed":${digits}`));
}
