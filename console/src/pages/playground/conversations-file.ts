import type { Conversation } from "./conversation.ts";
import type { Settings } from "./settings.ts";
import { messagesOf } from "./turn.ts";

/** What was said, as a file has it: the messages are those of a further request. It has no key. */
export function conversationsFile({ system, parameters }: Settings, panes: readonly Pick<Conversation, "store">[]) {
  return {
    version: 1,
    system,
    parameters,
    conversations: panes.map(({ store }) => {
      const { model, turns } = store.getState();
      return { model, messages: messagesOf(turns), usage: turns.map(({ figures }) => figures.usage ?? null) };
    }),
  };
}
