import type { ErrorDetail } from "../../../contracts/api/errors.ts";
import { MAX_TOOL_NAME } from "../../../contracts/api/sampling.ts";
import { isRecord } from "../../../lib/is-record.ts";
import { fieldProblem, missingProblem } from "./body-problems.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * What OpenAI refuses of a chat completion whose fields are right one by one: a tool's name, a choice among tools that are
 * not there, results of calls that nobody made, `top_logprobs` without `logprobs`. Tools of one name are accepted there.
 * @param fields of the client's own body, in the form of the schema
 */
export function chatProblems(fields: Fields): readonly ErrorDetail[] {
  return [
    ...nameProblems(fields),
    ...choiceProblems(fields),
    ...resultProblems(fields.messages),
    ...logprobsProblems(fields),
  ];
}

/** The body as it goes to a target may have longer names: those of other client dialects. */
function nameProblems({ tools }: Fields): readonly ErrorDetail[] {
  return listOf(tools).flatMap((tool, index) => {
    const kind = toolKind(tool);
    const name = nameOf(tool);
    if (name === undefined || name.length <= MAX_TOOL_NAME.chat) return [];
    const rule = `must have at most ${MAX_TOOL_NAME.chat} characters`;
    return [fieldProblem(`tools[${index}].${kind}.name`, name, rule, "shorten it")];
  });
}

function choiceProblems({ tools, tool_choice: choice }: Fields): readonly ErrorDetail[] {
  const all = listOf(tools);
  const needsTools = choice === "required" || (isRecord(choice) && choice.type !== "allowed_tools");
  if (!needsTools) return [];
  if (all.length === 0)
    return [fieldProblem("tool_choice", choice, "must stand beside `tools`", "add them, or use auto")];
  const chosen = nameOf(choice);
  if (chosen === undefined || all.some((tool) => nameOf(tool) === chosen)) return [];
  const param = `tool_choice.${toolKind(choice)}.name`;
  return [fieldProblem(param, chosen, "must be the name of one of `tools`", "correct it, or add the tool")];
}

/** Of every result, the call has to stand before it. A call without an id, as some providers make them, may be any. */
function resultProblems(messages: unknown): readonly ErrorDetail[] {
  const calls = new Set<unknown>();
  let isAnyKnown = false;
  const problems: ErrorDetail[] = [];
  for (const [index, message] of listOf(messages).entries()) {
    if (!isRecord(message)) continue;
    for (const call of listOf(message.tool_calls)) {
      const id = isRecord(call) ? call.id : undefined;
      if (typeof id === "string" && id !== "") calls.add(id);
      else isAnyKnown = true;
    }
    if (message.role !== "tool" || isAnyKnown) continue;
    const { tool_call_id: id } = message;
    const param = `messages[${index}].tool_call_id`;
    const rule = "must be the id of a call in an assistant message before it";
    if (id === undefined || id === null) problems.push(missingProblem(param, rule));
    else if (!calls.has(id)) problems.push(fieldProblem(param, id, rule, "send that message too, or correct the id"));
  }
  return problems;
}

function logprobsProblems({ logprobs, top_logprobs: top }: Fields): readonly ErrorDetail[] {
  if (typeof top !== "number" || top === 0 || logprobs === true) return [];
  return [fieldProblem("top_logprobs", top, "must stand beside `logprobs: true`", "add it, or leave both out")];
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The field with the name of a tool, or of a choice. */
function toolKind(tool: unknown): "function" | "custom" {
  return isRecord(tool) && tool.type === "custom" ? "custom" : "function";
}

function nameOf(tool: unknown): string | undefined {
  const named = isRecord(tool) ? tool[toolKind(tool)] : undefined;
  return isRecord(named) && typeof named.name === "string" ? named.name : undefined;
}
