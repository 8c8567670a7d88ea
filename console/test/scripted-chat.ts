import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

interface ScriptedChat {
  /** Pieces of the model's thoughts, before the answer. */
  readonly thoughts?: readonly string[];
  readonly pieces: readonly string[];
  /** Calls after the answer, each with the pieces of its arguments. */
  readonly calls?: readonly { readonly id: string; readonly name: string; readonly pieces: readonly string[] }[];
  /** Between two pieces. @default 0 */
  readonly gapMs?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly finishReason?: string;
  /** Stays open after the last piece, until the page closes it. @default - ends */
  readonly isOpen?: boolean;
}

/** Streams a chat completion as the gateway does: thoughts, answer, usage, closing mark. */
export async function streamChatTo(response: ServerResponse, chat: ScriptedChat): Promise<void> {
  const { thoughts = [], pieces, calls = [], gapMs = 0, headers = {}, finishReason = "stop", isOpen = false } = chat;
  response.writeHead(200, { "content-type": "text/event-stream", "x-request-id": "req-chat", ...headers });
  const send = (value: unknown) => response.write(`data: ${JSON.stringify(value)}\n\n`);
  const delta = (fields: object) => send({ choices: [{ index: 0, delta: fields, finish_reason: null }] });
  delta({ role: "assistant", content: "" });
  for (const piece of thoughts) delta({ reasoning: piece });
  for (const piece of pieces) {
    if (gapMs > 0) await sleep(gapMs);
    if (response.destroyed) return;
    delta({ content: piece });
  }
  for (const [index, { id, name, pieces: texts }] of calls.entries()) {
    delta({ tool_calls: [{ index, id, type: "function", function: { name, arguments: "" } }] });
    for (const text of texts) delta({ tool_calls: [{ index, function: { arguments: text } }] });
  }
  if (isOpen) return;
  send({ choices: [{ index: 0, delta: {}, finish_reason: finishReason }] });
  const usage = { prompt_tokens: 12, completion_tokens: 34, prompt_tokens_details: { cached_tokens: 8 } };
  send({ choices: [], usage: { ...usage, total_tokens: 46 } });
  response.end("data: [DONE]\n\n");
}
