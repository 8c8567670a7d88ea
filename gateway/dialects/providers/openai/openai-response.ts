import { isRecord } from "../../../../lib/is-record.ts";
import { itemsOf, parseJson } from "../../inner/json.ts";
import { argumentsOf, CallIds, finishWithCalls, withArguments } from "./call-fields.ts";
import { usualContent } from "./usual-content.ts";

type Fields = Readonly<Record<string, unknown>>;

const CALLS = Buffer.from('"tool_calls":');
const CONTENT = Buffer.from('"content":');
/** A list of calls that is not empty. */
const CALL_LIST = /^\s*\[\s*\{/;
/** A list of parts; log probabilities are a list under the same key, of tokens. */
const PARTS = /^\s*\[\s*\{\s*"(?!token")/;
const LOOK_AT_BYTES = 64;

/**
 * A whole response: byte for byte, but where a server's form of it would break OpenAI's clients: content as a list of
 * parts, calls without an id or arguments, and an end with calls that is `stop`. It is parsed only where it has calls or
 * such a list.
 */
export function openAiResponse(bytes: Buffer): Buffer {
  if (!hasList(bytes, CALLS, CALL_LIST) && !hasList(bytes, CONTENT, PARTS)) return bytes;
  const response = parseJson(bytes.toString("utf8"));
  if (!isRecord(response) || !Array.isArray(response.choices)) return bytes;
  const { id } = response;
  const choices = response.choices.map((choice: unknown) => (isRecord(choice) ? usualChoice(choice, id) : choice));
  const isSound = choices.every((choice, index) => choice === itemsOf(response.choices)[index]);
  return isSound ? bytes : Buffer.from(JSON.stringify({ ...response, choices }));
}

/** Inside a JSON string the key's quotes are escaped, so the same word in generated text is never taken for it. */
function hasList(bytes: Buffer, key: Buffer, list: RegExp): boolean {
  for (let at = bytes.indexOf(key); at !== -1; at = bytes.indexOf(key, at + 1)) {
    const start = at + key.length;
    if (list.test(bytes.toString("latin1", start, start + LOOK_AT_BYTES))) return true;
  }
  return false;
}

/** The very choice where it is sound. */
function usualChoice(choice: Fields, responseId: unknown): Fields {
  const { message, finish_reason: reason } = choice;
  if (!isRecord(message)) return choice;
  const own = itemsOf(message.tool_calls);
  const ids = new CallIds(responseId);
  const calls = own.map((call, index) => (isRecord(call) ? usualCall(ids.complete(call, index)) : call));
  const areSound = calls.every((call, index) => call === own[index]);
  const finish = calls.length > 0 ? finishWithCalls(reason) : reason;
  const hasParts = Array.isArray(message.content);
  if (areSound && finish === reason && !hasParts) return choice;
  const changed = {
    ...message,
    ...(hasParts ? usualContent(message) : {}),
    ...(areSound ? {} : { tool_calls: calls }),
  };
  return { ...choice, message: changed, finish_reason: finish };
}

/** A call without arguments has an empty object of them, which clients parse. */
function usualCall(call: Fields): Fields {
  return isRecord(call.function) && argumentsOf(call).trim() === "" ? withArguments(call, "{}") : call;
}
