import { isRecord } from "../../../../lib/is-record.ts";
import { isCustomTool } from "../../inner/anthropic-only.ts";
import { itemsOf, textOf } from "../../inner/json.ts";
import { refuse, shownName } from "../../inner/refuse.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * Refuses what Anthropic refuses of tools whose fields are right one by one: a custom tool without a name, two of one
 * name, a choice among tools that are not there.
 * @throws {GatewayError} `invalid_request` naming the field
 */
export function checkTools({ tools, tool_choice: choice }: Fields): void {
  const names = new Set<string>();
  // The tools of an MCP server have their names there.
  let isAnyKnown = false;
  for (const [index, tool] of itemsOf(tools).entries()) {
    const param = `tools[${index}].name`;
    const name = isRecord(tool) ? textOf(tool.name) : undefined;
    if (name === undefined) {
      if (isRecord(tool) && isCustomTool(tool)) throw refuse(param, `\`${param}\` is required; add it.`);
      isAnyKnown = true;
    } else if (names.has(name))
      throw refuse(param, `\`${param}\` must be no other tool's, got ${shownName(name)} again; rename one of the two.`);
    else names.add(name);
  }
  if (isRecord(choice)) checkChoice(choice, names, isAnyKnown);
}

function checkChoice({ type, name }: Fields, names: ReadonlySet<string>, isAnyKnown: boolean): void {
  if (type !== "any" && type !== "tool") return;
  if (names.size === 0 && !isAnyKnown)
    throw refuse(
      "tool_choice",
      `\`tool_choice\` must stand beside \`tools\`, got type "${type}"; add them, or use type "auto".`,
    );
  if (type === "any" || isAnyKnown) return;
  const chosen = textOf(name);
  const rule = "the name of one of `tools`";
  if (chosen === undefined)
    throw refuse("tool_choice.name", `\`tool_choice.name\` is required beside type "tool": ${rule}; add it.`);
  if (!names.has(chosen))
    throw refuse(
      "tool_choice.name",
      `\`tool_choice.name\` must be ${rule}, got ${shownName(chosen)}; correct it, or add the tool.`,
    );
}

/**
 * Of every result, the call has to stand in a message before it.
 * @throws {GatewayError} `invalid_request` naming the field
 */
export function checkResults({ messages }: Fields): void {
  const calls = new Set<unknown>();
  for (const [index, message] of itemsOf(messages).entries()) {
    const blocks = isRecord(message) ? itemsOf(message.content) : [];
    const made: unknown[] = [];
    for (const [at, block] of blocks.entries()) {
      if (!isRecord(block)) continue;
      if (String(block.type).endsWith("tool_use")) made.push(block.id);
      if (block.type !== "tool_result") continue;
      const param = `messages[${index}].content[${at}].tool_use_id`;
      const rule = "the id of a `tool_use` block in a message before it";
      const id = textOf(block.tool_use_id);
      if (id === undefined) throw refuse(param, `\`${param}\` is required: ${rule}; add it.`);
      if (!calls.has(id))
        throw refuse(
          param,
          `\`${param}\` must be ${rule}, got ${shownName(id)}; send that block too, or correct the id.`,
        );
    }
    for (const id of made) calls.add(id);
  }
}
