import { StreamRepair } from "../../dialects/providers/openai/stream-repair.ts";
import { EventScanner } from "../../relay/event-scanner.ts";
import type { StreamRelayOptions, StreamResponse } from "./stream-relay-options.ts";

/** The scanner of an upstream's stream: what it counts, repairs and takes out. */
export function newScanner({ isTranslated }: StreamResponse, options: StreamRelayOptions): EventScanner {
  const { stripUsage, hidesErrors = false, promptTokensEstimate = 0, keepsFunctionCalls, form } = options;
  // A translator has put an error into our words already, and its events are sound.
  const repair = isTranslated ? {} : { repair: new StreamRepair({ keepsFunctionCalls, form }) };
  return new EventScanner({
    stripUsage,
    estimatedPromptTokens: stripUsage ? undefined : promptTokensEstimate,
    stripErrors: hidesErrors && !isTranslated,
    isFilter: isTranslated ? undefined : options.isFilter,
    ...repair,
  });
}
