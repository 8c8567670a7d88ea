import { isRecord } from "../../lib/is-record.ts";
import type { ClientBody } from "../core/generation-request.ts";
import { canonicalJson } from "./canonical-request.ts";

/** What the translation of a body of Messages has of it, or what never changes a response. */
const TRANSLATED = new Set([
  "cache_control",
  "max_tokens",
  "messages",
  "metadata",
  "model",
  "output_config",
  "service_tier",
  "stop_sequences",
  "stream",
  "system",
  "temperature",
  "thinking",
  "tool_choice",
  "tools",
  "top_k",
  "top_p",
]);

/** The fields for Anthropic's own service beside the translated ones, as text; empty for none. */
export function clientExtras(client: ClientBody | undefined): string {
  if (client?.dialect !== "messages") return "";
  const { fields, betas } = client;
  const others = Object.entries(fields).filter(([name, value]) => value !== null && !TRANSLATED.has(name));
  const tools = Array.isArray(fields.tools) ? fields.tools : [];
  const typed = tools.filter((tool) => isRecord(tool) && (tool.type ?? "custom") !== "custom");
  if (others.length === 0 && typed.length === 0 && betas === undefined) return "";
  return canonicalJson({ fields: Object.fromEntries(others), typed, betas: betas ?? null });
}
