import { isRecord } from "../../lib/is-record.ts";
import { parseEvent } from "../outside-values/json-texts.ts";

const ERROR_KEY = /"error"\s*:(?!\s*null)/;
const ERROR_FINISH = /"finish_reason"\s*:\s*"error"/;
const ERROR_NAME = /^event:[ \t]*error[ \t\r]*$/m;
const DATA_LINE = /^data:[ \t]?(.*?)\r?$/gm;
/** Of one event: servers write its data in one line, and a line of each field would be some dozens. */
const MAX_LINES = 10_000;

/**
 * Whether an event of a stream of OpenAI's dialect says that the server failed, or is none of that dialect: an object with
 * `error`, in whatever place; an error of older vLLM, of FastAPI or of Anthropic's form; a choice that ended with `error`;
 * data that is not JSON, or in more lines than any server writes. Events of text need two searches and are not parsed.
 * @param text the whole event, with one character a byte
 */
export function isErrorEvent(text: string): boolean {
  if (text.length > MAX_LINES && hasTooManyLines(text)) return true;
  const maySay = text.includes('"error"');
  if (!maySay && text.includes('"choices"')) return false;
  if (maySay && !ERROR_KEY.test(text) && !ERROR_FINISH.test(text) && text.includes('"choices"')) return false;
  const data = [...text.matchAll(DATA_LINE)].map(([, line]) => line).join("\n");
  if (data === "") return false; // a comment
  const event = parseEvent(data);
  if (!isRecord(event)) return true;
  if (ERROR_NAME.test(text) || (event.error ?? null) !== null) return true;
  if (Array.isArray(event.choices)) return event.choices.some(choiceFailed);
  return event.object === "error" || event.type === "error" || event.detail !== undefined;
}

function hasTooManyLines(text: string): boolean {
  let lines = 0;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) if (++lines > MAX_LINES) return true;
  return false;
}

/** Whether a choice ended because the provider failed, as OpenRouter reports it. */
export function choiceFailed(choice: unknown): boolean {
  return isRecord(choice) && (choice.finish_reason === "error" || isRecord(choice.error));
}
