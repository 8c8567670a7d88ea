import { isRecord } from "../../lib/is-record.ts";
import type { GenerationRequest } from "../core/generation-request.ts";
import { canonicalRequest } from "./canonical-request.ts";
import { particulars } from "./particulars.ts";

/** A request's last user message, apart from everything else in it. */
export interface SemanticQuery {
  readonly text: string;
  /** The rest of the body, canonical, and the prompt's particulars: vectors are compared only where this is equal. */
  readonly rest: string;
}

/** Longer texts have several subjects; one vector does not separate them. */
const MAX_CHARACTERS = 2000;

/**
 * What may be compared by meaning: one user message in words at the end of a chat, at temperature 0 and without tools.
 * `undefined` for everything else.
 */
export function semanticQuery({ route, fields }: GenerationRequest): SemanticQuery | undefined {
  const { messages, temperature, tools, functions } = fields;
  if (route !== "/v1/chat/completions" || temperature !== 0 || !Array.isArray(messages)) return undefined;
  if (isSome(tools) || isSome(functions)) return undefined;
  const last: unknown = messages.at(-1);
  if (!isRecord(last) || last.role !== "user" || typeof last.content !== "string") return undefined;
  const text = last.content.trim();
  if (text === "" || text.length > MAX_CHARACTERS) return undefined;
  const before = [...messages.slice(0, -1), { ...last, content: null }];
  return { text, rest: `${canonicalRequest({ ...fields, messages: before })} ${particulars(text)}` };
}

function isSome(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0;
}
