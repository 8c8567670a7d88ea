import { streamChat } from "../../../../../ui/stream/stream-chat.ts";
import { messagesOf } from "./chat-messages.ts";
import type { Connection } from "./conversation.ts";
import { partsPerFrame, withPart } from "./response-parts.ts";
import { requestBody, settingsFor } from "./settings.ts";
import { figuresOfHeaders, type Turn } from "./turn.ts";

/**
 * Sends the last of the turns with those before it, and changes it with each frame of the response until its end.
 * @param change gets the turn as it is to the turn as it becomes
 */
export async function streamTurn(
  turns: readonly [...Turn[], Turn],
  { apiUrl, apiKey, settings, models }: Connection,
  signal: AbortSignal,
  change: (next: (turn: Turn) => Turn) => void,
): Promise<void> {
  const model = turns.at(-1)?.model ?? "";
  const own = settingsFor(
    settings,
    models.find(({ id }) => id === model),
  );
  const parts = partsPerFrame((part) => change((turn) => withPart(turn, part, performance.now())));
  const outcome = await streamChat(
    {
      apiUrl,
      apiKey,
      body: {
        ...requestBody(model, own, messagesOf(turns, true)),
        stream: true,
        stream_options: { include_usage: true },
      },
      signal,
      isOnline: () => navigator.onLine,
      onHeaders: (headers) =>
        change((turn) => ({ ...turn, figures: { ...turn.figures, ...figuresOfHeaders(headers) } })),
    },
    parts.push,
  );
  parts.end();
  change((turn) => {
    const figures = { ...turn.figures, lastAt: turn.figures.lastAt ?? performance.now() };
    if (outcome.kind === "problem") return { ...turn, figures, phase: "failed", problem: outcome.problem };
    return { ...turn, figures, phase: outcome.kind === "complete" ? "done" : "stopped" };
  });
}
