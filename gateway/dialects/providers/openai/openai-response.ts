import { isRecord } from "../../../../lib/is-record.ts";
import type { OutboundRequest } from "../../../core/dialect.ts";
import { GatewayError } from "../../../core/gateway-error.ts";
import type { GenerationRequest } from "../../../core/generation-request.ts";
import { hasUnsoundUsage, withUsage } from "../../../relay/usage.ts";
import { itemsOf, parseJson, textOf } from "../../inner/json.ts";
import { argumentsOf, CallIds, calledOf, finishWithCalls, withArguments } from "./call-fields.ts";
import { keepsFunctionCalls, withoutFunctionCall } from "./function-call.ts";
import { isResponseId, madeResponseId } from "./response-ids.ts";
import { usualContent } from "./usual-content.ts";

type Fields = Readonly<Record<string, unknown>>;

const CALLS = Buffer.from('"tool_calls":');
const FUNCTION_CALL = Buffer.from('"function_call":');
const CONTENT = Buffer.from('"content":');
/** A list of calls that is not empty. */
const CALL_LIST = /^\s*\[\s*\{/;
const OBJECT = /^\s*\{/;
/** A list of parts; log probabilities are a list under the same key, of tokens. */
const PARTS = /^\s*\[\s*\{\s*"(?!token")/;
/** Most servers begin with the id. */
const BEGINS_WITH_ID = /^\s*\{\s*"id"\s*:\s*"(?!(?:(?:chat)?cmpl-)?")/;
const LOOK_AT_BYTES = 64;
/** All of them at once, in a text: of a short response, one is made and searched in a quarter of the time. */
const VALUES = /"(?:tool_calls":\s*\[\s*\{|content":\s*\[\s*\{\s*"(?!token")|function_call":\s*\{)/;
const SHORT_BYTES = 2048;

/**
 * A whole response: byte for byte, but where a server's form of it would break OpenAI's clients: content as a list of
 * parts, calls without an id or arguments, or in the form that came before `tool_calls`, an end with calls that is `stop`, no
 * id, and a usage that is nonsense, for which the estimate stands that is paid. It is parsed only where it may have such.
 * @throws {GatewayError} `upstream_error` for a call without a name
 */
export function openAiResponse(bytes: Buffer, { generation }: OutboundRequest): Buffer {
  const counted = hasUnsoundUsage(bytes) ? withEstimate(bytes, generation) : bytes;
  return isChoiceRoute(generation) && mayNeed(counted) ? usualResponse(counted, generation) : counted;
}

function isChoiceRoute({ route }: GenerationRequest): boolean {
  return route === "/v1/chat/completions" || route === "/v1/completions";
}

function mayNeed(bytes: Buffer): boolean {
  if (!BEGINS_WITH_ID.test(bytes.toString("latin1", 0, LOOK_AT_BYTES))) return true;
  if (bytes.length <= SHORT_BYTES) return VALUES.test(bytes.toString("latin1"));
  return hasValue(bytes, CALLS, CALL_LIST) || hasValue(bytes, CONTENT, PARTS) || hasValue(bytes, FUNCTION_CALL, OBJECT);
}

function withEstimate(bytes: Buffer, generation: GenerationRequest): Buffer {
  const { promptTokensEstimate: prompt } = generation;
  const completion = isChoiceRoute(generation) ? { completion_tokens: 0 } : {};
  const usage = { prompt_tokens: prompt, ...completion, total_tokens: prompt };
  const counted = withUsage(bytes.toString("utf8"), usage);
  if (counted === undefined) throw new GatewayError("upstream_error");
  return Buffer.from(counted);
}

function usualResponse(bytes: Buffer, generation: GenerationRequest): Buffer {
  const response = parseJson(bytes.toString("utf8"));
  if (!isRecord(response) || !Array.isArray(response.choices)) return bytes;
  const id = isResponseId(response.id) ? response.id : madeResponseId(response.object);
  const keepsCall = keepsFunctionCalls(generation);
  const choices = response.choices.map((choice: unknown) =>
    isRecord(choice) ? usualChoice(choice, id, keepsCall) : choice,
  );
  const isSound = id === response.id && choices.every((choice, index) => choice === itemsOf(response.choices)[index]);
  return isSound ? bytes : Buffer.from(JSON.stringify({ ...response, id, choices }));
}

/** Inside a JSON string the key's quotes are escaped, so the same word in generated text is never taken for it. */
function hasValue(bytes: Buffer, key: Buffer, value: RegExp): boolean {
  for (let at = bytes.indexOf(key); at !== -1; at = bytes.indexOf(key, at + 1)) {
    const start = at + key.length;
    if (value.test(bytes.toString("latin1", start, start + LOOK_AT_BYTES))) return true;
  }
  return false;
}

/** The very choice where it is sound. */
function usualChoice(choice: Fields, responseId: string, keepsCall: boolean): Fields {
  const { finish_reason: reason } = choice;
  if (!isRecord(choice.message)) return choice;
  const message = keepsCall ? choice.message : withoutFunctionCall(choice.message);
  const own = itemsOf(message.tool_calls);
  const ids = new CallIds(responseId);
  const calls = own.map((call, index) => (isRecord(call) ? usualCall(ids.complete(call, index)) : call));
  const areSound = calls.every((call, index) => call === own[index]);
  const finish = calls.length > 0 ? finishWithCalls(reason) : reason;
  const hasParts = Array.isArray(message.content);
  if (message === choice.message && areSound && finish === reason && !hasParts) return choice;
  const changed = {
    ...message,
    ...(hasParts ? usualContent(message) : {}),
    ...(areSound ? {} : { tool_calls: calls }),
  };
  return { ...choice, message: changed, finish_reason: finish };
}

/** A call without arguments has an empty object of them, which clients parse. */
function usualCall(call: Fields): Fields {
  if (textOf(calledOf(call).name) === undefined) throw new GatewayError("upstream_error");
  return isRecord(call.function) && argumentsOf(call).trim() === "" ? withArguments(call, "{}") : call;
}
