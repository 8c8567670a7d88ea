import { isRecord } from "../../../../lib/is-record.ts";
import { itemsOf, textOf } from "../../inner/json.ts";
import { refuse } from "../../inner/refuse.ts";
import { isMarked } from "../../inner/signatures.ts";
import type { AnthropicRequestOptions } from "./anthropic-request.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Anthropic's newest models refuse these. */
const SAMPLING = ["temperature", "top_p", "top_k"];

/**
 * The body of a client of Messages, for a provider of Messages: every field as the client wrote it, unknown ones
 * included. Only thinking that Anthropic did not sign, which it would refuse, is left out, and system messages come to
 * the front.
 * @throws {GatewayError} for the id of a container or of a skill of the account
 */
export function ownMessagesRequest(
  fields: Fields,
  { model, takesSampling }: Pick<AnthropicRequestOptions, "model" | "takesSampling">,
): Fields {
  refuseContainer(fields.container);
  const messages = itemsOf(fields.messages).filter(isRecord);
  const instructions = messages.filter(({ role }) => role === "system").flatMap(({ content }) => blocksOf(content));
  const rest = Object.entries(fields).filter(
    ([name, value]) => value !== null && (takesSampling || !SAMPLING.includes(name)),
  );
  return {
    ...Object.fromEntries(rest),
    model,
    ...(instructions.length === 0 ? {} : { system: [...blocksOf(fields.system), ...instructions] }),
    messages: messages.filter(({ role }) => role !== "system").flatMap(withOwnThinking),
  };
}

/** Containers and skills in the provider's account are the operator's, whose key the gateway sends: an id would reach another tenant's. */
function refuseContainer(container: unknown): void {
  const { id, skills } = isRecord(container) ? container : { id: container };
  if (id !== undefined && id !== null) {
    const param = isRecord(container) ? "container.id" : "container";
    throw refuse(
      param,
      `\`${param}\` names a container in the account at the provider, which is no tenant's; leave it out, and send what it has to know.`,
    );
  }
  for (const [index, skill] of itemsOf(skills).entries()) {
    if (isRecord(skill) && skill.type === "anthropic") continue;
    const param = `container.skills[${index}]`;
    throw refuse(
      param,
      `\`${param}\` must be one of type "anthropic": others are in the account at the provider, which is no tenant's; leave it out, and send its instructions.`,
    );
  }
}

function blocksOf(content: unknown): readonly unknown[] {
  const text = textOf(content);
  return text === undefined ? itemsOf(content) : [{ type: "text", text }];
}

function withOwnThinking(message: Fields): readonly Fields[] {
  if (message.role !== "assistant" || !Array.isArray(message.content)) return [message];
  const content = message.content.filter((block) => !isForeignThinking(block));
  if (content.length === message.content.length) return [message];
  return content.length === 0 ? [] : [{ ...message, content }];
}

function isForeignThinking(block: unknown): boolean {
  if (!isRecord(block) || block.type !== "thinking") return false;
  return textOf(block.signature) === undefined || isMarked(block);
}
