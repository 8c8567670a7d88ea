import type { Capability } from "../../contracts/targets/target-settings.ts";
import { isRecord } from "../../lib/is-record.ts";
import type { GenerationRequest } from "../core/generation-request.ts";

/** The needs of a request's fields, each with the field that has it. */
export function fieldNeeds({ fields }: Pick<GenerationRequest, "fields">): ReadonlyMap<Capability, string> {
  const needs = new Map<Capability, string>();
  const field = (name: string) => (Object.hasOwn(fields, name) ? fields[name] : undefined);
  const tools = field("tools");
  if (Array.isArray(tools) && tools.length > 0 && field("tool_choice") !== "none") needs.set("tools", "tools");
  const format = field("response_format");
  if (isRecord(format) && format.type === "json_schema") needs.set("json-schema", "response_format");
  const logprobs = field("logprobs");
  if (logprobs !== undefined && logprobs !== null && logprobs !== false) needs.set("logprobs", "logprobs");
  for (const type of partTypes(field("messages"))) {
    if (type === "image_url") needs.set("vision", "messages");
    if (type === "input_audio") needs.set("audio", "messages");
  }
  return needs;
}

function* partTypes(messages: unknown): Iterable<unknown> {
  if (!Array.isArray(messages)) return;
  for (const message of messages) {
    if (!isRecord(message) || !Array.isArray(message.content)) continue;
    for (const part of message.content) if (isRecord(part)) yield part.type;
  }
}
