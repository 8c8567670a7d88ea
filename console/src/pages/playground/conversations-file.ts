import type { Conversation } from "./conversation.ts";
import type { Settings } from "./settings.ts";
import { messagesOf } from "./turn.ts";

/** The conversations of the panes as a file: messages in the form of a request. It has no key. */
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
