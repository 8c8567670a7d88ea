import { create } from "zustand";
import { OPENED_FRAGMENT } from "../../session/opened-with.ts";
import { useSession } from "../../session/session.ts";
import { type Conversation, createConversation } from "./conversation.ts";
import { DEFAULT_SETTINGS, MAX_PANES, type Settings } from "./settings.ts";
import { type SharedState, sharedState } from "./share-link.ts";

interface Playground {
  readonly settings: Settings;
  readonly prompt: string;
  /** A key for models, of an administrator, who has none by the sign-in. In memory alone. */
  readonly pastedKey: string;
  readonly panes: readonly Conversation[];
}

/** The playground as it is: it stays while other pages are looked at, and is gone with the sign-out or the window. */
export const usePlayground = create<Playground>()(() => playgroundOf(sharedState(OPENED_FRAGMENT)));

useSession.subscribe(({ session }) => {
  if (session.kind !== "signed-out") return;
  for (const { stop } of usePlayground.getState().panes) stop();
  usePlayground.setState(playgroundOf(undefined));
});

export function changeSettings(change: Partial<Settings>): void {
  usePlayground.setState(({ settings }) => ({ settings: { ...settings, ...change } }));
}

export function setPrompt(prompt: string): void {
  usePlayground.setState({ prompt });
}

export function setPastedKey(pastedKey: string): void {
  usePlayground.setState({ pastedKey: pastedKey.trim() });
}

export function chooseModel({ store }: Conversation, model: string): void {
  store.setState({ model });
  // Link and code have the models too.
  usePlayground.setState(({ panes }) => ({ panes: [...panes] }));
}

/** Takes a prompt back to be changed: it and what came after it are gone from every pane, as each got the same prompts. */
export function editPrompt(index: number, prompt: string): void {
  for (const { keep } of usePlayground.getState().panes) keep(index);
  setPrompt(prompt);
}

export function addPane(model: string): void {
  usePlayground.setState(({ panes }) =>
    panes.length >= MAX_PANES ? {} : { panes: [...panes, createConversation(model)] },
  );
}

export function removePane(conversation: Conversation): void {
  conversation.stop();
  usePlayground.setState(({ panes }) => ({ panes: panes.filter((pane) => pane !== conversation) }));
}

function playgroundOf(shared: SharedState | undefined): Playground {
  const models = shared?.models ?? [];
  return {
    settings: shared?.settings ?? DEFAULT_SETTINGS,
    prompt: shared?.prompt ?? "",
    pastedKey: "",
    // An empty name is the first model that there is.
    panes: (models.length === 0 ? [""] : models).map(createConversation),
  };
}
