import { isRecord } from "../../../lib/is-record.ts";
import type { ClientBody } from "../../core/generation-request.ts";
import { jsonBytes } from "../../outside-values/paced-json.ts";
import { itemsOf, parseJson } from "./json.ts";
import { kindOf, refuse } from "./refuse.ts";

/** Fields of Messages for features of Anthropic's own service alone that would change the response. */
const ONLY_ANTHROPIC = ["container", "mcp_servers", "inference_geo"] as const;

/**
 * For targets that are not Anthropic's: refuses what a client of Messages wants of Anthropic's own service. What only
 * manages its context, cache or priority (`context_management`, `cache_control`, `service_tier`, betas) is left out.
 * @throws {GatewayError} `invalid_request` naming the field
 */
export function refuseOnlyAnthropic(client: ClientBody | undefined): void {
  if (client?.dialect !== "messages") return;
  const { fields } = client;
  for (const field of ONLY_ANTHROPIC)
    if (fields[field] !== undefined && fields[field] !== null)
      throw refuse(field, `\`${field}\` is supported by Anthropic's own models only; leave it out.`);
  for (const [index, tool] of itemsOf(fields.tools).entries())
    if (isRecord(tool) && !isCustomTool(tool))
      throw refuse(
        `tools[${index}].type`,
        `\`tools[${index}].type\` ${kindOf(tool.type, "of this kind")} is taken by Anthropic's own models only; use a tool of type "custom".`,
      );
}

/** Whether the client defines the tool's input itself; the other types are Anthropic's. */
export function isCustomTool({ type }: Readonly<Record<string, unknown>>): boolean {
  return type === undefined || type === null || type === "custom";
}

/** The field of a whole chat completion with the message of Anthropic's that it is a translation of. */
export const OWN_MESSAGE = "anthropic_message";
const OWN_MESSAGE_KEY = Buffer.from(`"${OWN_MESSAGE}":`);

/** A stored chat completion without Anthropic's own message, which only clients of Messages know. */
export function withoutOwnMessage(bytes: Buffer): Buffer | Promise<Buffer> {
  if (!bytes.includes(OWN_MESSAGE_KEY)) return bytes;
  const completion = parseJson(bytes.toString("utf8"));
  return isRecord(completion) ? jsonBytes(withoutOwnField(completion)) : bytes;
}

/** The same of one that is parsed. */
export function withoutOwnField({ [OWN_MESSAGE]: _, ...chat }: Readonly<Record<string, unknown>>) {
  return chat;
}
