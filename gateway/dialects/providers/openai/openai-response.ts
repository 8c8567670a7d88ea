import { isRecord } from "../../../../lib/is-record.ts";
import { itemsOf, parseJson, textOf } from "../../inner/json.ts";
import { splitContent } from "../../inner/split-content.ts";
import { madeCallId } from "../../inner/tool-calls.ts";

type Fields = Readonly<Record<string, unknown>>;

const CONTENT = Buffer.from('"content":');
/** A list of parts; log probabilities are a list under the same key, of tokens. */
const PARTS = /^\s*\[\s*\{\s*"(?!token")/;
const LOOK_AT_BYTES = 64;
const EMPTY_IDS = ['"id":""', '"id": ""'].map((text) => Buffer.from(text));

/**
 * A whole response: byte for byte, but where a server's form of it would break OpenAI's clients: content as a list of
 * parts, and calls with an empty id. Only then is it parsed.
 */
export function openAiResponse(bytes: Buffer): Buffer {
  if (!EMPTY_IDS.some((text) => bytes.includes(text)) && !hasParts(bytes)) return bytes;
  const response = parseJson(bytes.toString("utf8"));
  if (!isRecord(response) || !Array.isArray(response.choices)) return bytes;
  const choices = response.choices.map((choice: unknown) =>
    isRecord(choice) && isRecord(choice.message)
      ? { ...choice, message: usualMessage(choice.message, response.id) }
      : choice,
  );
  return Buffer.from(JSON.stringify({ ...response, choices }));
}

/** Inside a JSON string the key's quotes are escaped, so the same word in generated text is never taken for it. */
function hasParts(bytes: Buffer): boolean {
  for (let at = bytes.indexOf(CONTENT); at !== -1; at = bytes.indexOf(CONTENT, at + 1)) {
    const start = at + CONTENT.length;
    if (PARTS.test(bytes.toString("latin1", start, start + LOOK_AT_BYTES))) return true;
  }
  return false;
}

function usualMessage(message: Fields, responseId: unknown): Fields {
  const calls = itemsOf(message.tool_calls).map((call, index) =>
    isRecord(call) && textOf(call.id) === undefined ? { ...call, id: madeCallId(responseId, index) } : call,
  );
  return {
    ...message,
    ...(Array.isArray(message.content) ? usualContent(message) : {}),
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  };
}

function usualContent({ content, reasoning_content: own }: Fields): Fields {
  const { text, thinking } = splitContent(content);
  const reasoning = textOf(own) ?? textOf(thinking);
  return { content: text, ...(reasoning === undefined ? {} : { reasoning_content: reasoning }) };
}
