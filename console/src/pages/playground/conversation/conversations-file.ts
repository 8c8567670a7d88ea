import { messagesOf } from "./chat-messages.ts";
import type { Conversation } from "./conversation.ts";
import type { Settings } from "./settings.ts";

/** The version of the file. Version 1 had no branches, tools and pictures. */
export const FILE_VERSION = 2;

/**
 * The conversations of the panes as a file, which has no key: of each the messages of the branch that is shown, in the form of a
 * request, and the turns of all branches, by their places in the list.
 */
export function conversationsFile(settings: Settings, panes: readonly Pick<Conversation, "store">[]) {
  const { system, parameters, tools, toolChoice, format, effort } = settings;
  return {
    version: FILE_VERSION,
    system,
    parameters,
    tools,
    tool_choice: toolChoice,
    response_format: format,
    ...(effort === undefined ? {} : { reasoning_effort: effort }),
    conversations: panes.map(({ store }) => {
      const { model, turns, all, tip } = store.getState();
      const positionOf = (id: number | undefined) =>
        id === undefined ? null : all.findIndex((turn) => turn.id === id);
      return {
        model,
        messages: messagesOf(turns),
        usage: turns.map(({ figures }) => figures.usage ?? null),
        shown: positionOf(tip),
        turns: all.map(
          ({ after, round, model: of, prompt, images, results, text, thinking, toolCalls, finishReason }) => ({
            after: positionOf(after),
            round,
            model: of,
            prompt,
            images,
            results,
            text,
            thinking,
            tool_calls: toolCalls,
            finish_reason: finishReason ?? null,
          }),
        ),
      };
    }),
  };
}
