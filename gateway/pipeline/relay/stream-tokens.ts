import type { EventScanner } from "../../relay/event-scanner.ts";
import type { StreamResponse } from "./stream-relay-options.ts";

/**
 * Tokens of a stream that is over. One that was broken off has named no usage, or that of what came before: its events with
 * text were worked on all the same.
 */
export function streamTokens({ usage, estimatedTokens }: EventScanner, translator: StreamResponse["translator"]) {
  if (usage !== undefined) return usage;
  const named = translator.usage;
  const completionTokens = Math.max(named?.completion_tokens ?? 0, estimatedTokens);
  return { promptTokens: named?.prompt_tokens, completionTokens };
}
