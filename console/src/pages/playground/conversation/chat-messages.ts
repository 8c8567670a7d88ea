/** A call of a function that the model asks for. `arguments` is the model's text, which should be JSON. */
export type ToolCall = {
  readonly id: string;
  readonly type: "function";
  readonly function: { readonly name: string; readonly arguments: string };
};

type ContentPart =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "image_url"; readonly image_url: { readonly url: string } };

/** Types and no interfaces, so that they are the API's messages, which may have further fields. */
export type ChatMessage =
  | { readonly role: "system"; readonly content: string }
  | { readonly role: "user"; readonly content: string | ContentPart[] }
  | { readonly role: "assistant"; readonly content: string | null; readonly tool_calls?: readonly ToolCall[] }
  | { readonly role: "tool"; readonly tool_call_id: string; readonly content: string };

/** A picture of a prompt. `url` is a data URL. */
export interface PromptImage {
  readonly name: string;
  readonly url: string;
}

/** What the person entered as the result of a tool call. */
export interface ToolResult {
  readonly callId: string;
  readonly content: string;
}

/** The part of a turn that becomes messages. */
export interface Exchange {
  readonly prompt: string;
  readonly images: readonly PromptImage[];
  /** Results of the calls of the turn before; a turn with some has no prompt. */
  readonly results: readonly ToolResult[];
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
}

/**
 * The messages of a conversation so far, for the next request. A prompt without an answer is left out, and so are calls without
 * results, which services refuse. @param isPending whether the last turn is the request that is sent now, and has no answer yet
 */
export function messagesOf(turns: readonly Exchange[], isPending = false): readonly ChatMessage[] {
  const messages: ChatMessage[] = [];
  // From the end, as a call counts where its results do.
  let hasResults = false;
  for (const [index, turn] of [...turns.entries()].toReversed()) {
    const isSent = isPending && index === turns.length - 1;
    const calls: { readonly tool_calls?: readonly ToolCall[] } =
      hasResults && turn.toolCalls.length > 0 ? { tool_calls: turn.toolCalls } : {};
    const isAnswered: boolean = turn.text !== "" || calls.tool_calls !== undefined;
    hasResults = turn.results.length > 0 && (isSent || isAnswered);
    if (!isSent && !isAnswered) continue;
    const response: readonly ChatMessage[] = isSent
      ? []
      : [{ role: "assistant", content: turn.text === "" ? null : turn.text, ...calls }];
    messages.unshift(...inputOf(turn), ...response);
  }
  return messages;
}

function inputOf({ prompt, images, results }: Exchange): readonly ChatMessage[] {
  if (results.length > 0)
    return results.map(({ callId, content }) => ({ role: "tool", tool_call_id: callId, content }));
  if (images.length === 0) return [{ role: "user", content: prompt }];
  const parts = images.map(({ url }): ContentPart => ({ type: "image_url", image_url: { url } }));
  return [{ role: "user", content: [...(prompt === "" ? [] : [{ type: "text", text: prompt } as const]), ...parts] }];
}
