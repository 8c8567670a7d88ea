import { isRecord } from "../../../lib/is-record.ts";
import { parseEvent } from "../../outside-values/json-texts.ts";
import { TEXT } from "../../relay/text-tokens.ts";

const DATA_LINES = /^data: ?(.*)$/gm;

/** Whether one of these events has a part of the response: more than the role, and values that are empty. */
export function hasPart(events: string): boolean {
  if (events === "") return false;
  if (TEXT.test(events)) return true;
  return [...events.matchAll(DATA_LINES)].some(([, data = ""]) => {
    if (data.startsWith("[DONE]")) return true;
    const event = parseEvent(data);
    return !isRecord(event) || (Array.isArray(event.choices) && event.choices.some(isPart));
  });
}

/** @returns `true` for a choice of another form: what it is, its reader decides */
function isPart(choice: unknown): boolean {
  if (!isRecord(choice) || (choice.finish_reason ?? null) !== null) return true;
  const { delta, text } = choice;
  if (delta === undefined) return text !== "";
  return !isRecord(delta) || Object.entries(delta).some(([key, value]) => key !== "role" && !isNothing(value));
}

function isNothing(value: unknown): boolean {
  return value === null || value === "" || (Array.isArray(value) && value.length === 0);
}
