import { createHash } from "node:crypto";
import { isRecord } from "../../../../lib/is-record.ts";
import type { ClientBody } from "../../../core/generation-request.ts";
import { itemsOf, textOf } from "../../inner/json.ts";
import { numberOf } from "../../inner/sampling-fields.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Our engines are vLLM's, which has more fields than OpenAI. */
export type OpenAiServer = "engine" | "provider";

/** OpenAI's limit for `user`. */
const MAX_USER_CHARACTERS = 64;
/** Anthropic's budgets of thinking, in tokens, as OpenAI's effort: its smallest is 1,024, and `high` has no bound. */
const LOW_BUDGET = 4096;
const MEDIUM_BUDGET = 16_384;
/** Effort in words that every server of OpenAI's dialect has. */
const COMMON_EFFORT: Readonly<Record<string, string>> = { minimal: "low", xhigh: "high", max: "high" };

/**
 * A chat completion's body that is the translation of another dialect's, without what OpenAI's dialect lacks: servers
 * refuse unknown fields. The body of a client of chat completions is not changed.
 */
export function translatedChat(fields: Fields, client: ClientBody, server: OpenAiServer): Fields {
  const { thinking, top_k: topK, reasoning_effort: _effort, user, messages, ...rest } = fields;
  const effort = effortOf(fields, client, server);
  return {
    ...rest,
    messages: itemsOf(messages).map((message) => (isRecord(message) ? plainMessage(message, server) : message)),
    ...(effort === undefined ? {} : { reasoning_effort: effort }),
    ...(topK === undefined || server === "provider" ? {} : { top_k: topK }),
    ...(user === undefined ? {} : { user: shortUser(user) }),
  };
}

/** An id of a user; a long one is hashed, so that it still separates users. */
function shortUser(user: unknown): unknown {
  if (typeof user !== "string" || user.length <= MAX_USER_CHARACTERS) return user;
  return createHash("sha256").update(user).digest("hex");
}

function effortOf(
  { reasoning_effort, thinking }: Fields,
  { dialect }: ClientBody,
  server: OpenAiServer,
): string | undefined {
  const effort = textOf(reasoning_effort) ?? effortOfThinking(thinking);
  if (effort === undefined || (dialect === "responses" && server === "provider")) return effort;
  if (effort === "none") return undefined;
  return Object.hasOwn(COMMON_EFFORT, effort) ? COMMON_EFFORT[effort] : effort;
}

function effortOfThinking(thinking: unknown): string | undefined {
  if (!isRecord(thinking) || thinking.type !== "enabled") return undefined;
  const budget = numberOf(thinking.budget_tokens);
  if (budget === undefined) return undefined;
  return budget <= LOW_BUDGET ? "low" : budget <= MEDIUM_BUDGET ? "medium" : "high";
}

/** Signed thinking can be returned to its provider alone; vLLM's chat templates take the text of reasoning. */
function plainMessage(message: Fields, server: OpenAiServer): Fields {
  const { thinking_blocks: _signed, reasoning_content: reasoning, ...rest } = message;
  return reasoning === undefined || server === "provider" ? rest : { ...rest, reasoning_content: reasoning };
}
