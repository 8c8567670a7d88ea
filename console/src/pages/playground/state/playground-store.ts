import { create } from "zustand";
import type { TokenPrice } from "../../../../../ui/models/token-price.ts";
import { useSession } from "../../../session/session.ts";
import type { PromptImage } from "../conversation/chat-messages.ts";
import { type Conversation, createConversation } from "../conversation/conversation.ts";
import { DEFAULT_SETTINGS, MAX_PANES, type ModelLimits, type Settings } from "../conversation/settings.ts";
import type { SharedState } from "../conversation/share-link.ts";
import type { Turn } from "../conversation/turn.ts";

interface Playground {
  readonly settings: Settings;
  readonly prompt: string;
  /** Pictures of the prompt. */
  readonly images: readonly PromptImage[];
  /** Whether answers are on their way. */
  readonly isSending: boolean;
  /** A key for models, of an administrator, who has none by the sign-in. In memory alone. */
  readonly pastedKey: string;
  readonly panes: readonly Conversation[];
  /** What the listed models can; empty before they are. */
  readonly models: readonly (ModelLimits & { readonly price?: TokenPrice | undefined })[];
}

/** The playground as it is: it stays while other pages are looked at, and is gone with the sign-out or the window. */
export const usePlayground = create<Playground>()(() => ({ ...playgroundOf(undefined), models: [] }));

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

export function setImages(images: readonly PromptImage[]): void {
  usePlayground.setState({ images });
}

/** Takes a prompt back to be changed, in every pane that got it. What came stays in a branch of its own. */
export function editPrompt({ round, prompt, images }: Turn): void {
  for (const { goBefore } of usePlayground.getState().panes) goBefore(round);
  usePlayground.setState({ prompt, images });
}

/** Shows the branch of a turn, in every pane that has it. */
export function showBranch({ round }: Turn): void {
  for (const { store, show } of usePlayground.getState().panes) {
    const turn = store.getState().all.find((each) => each.round === round);
    if (turn !== undefined) show(turn.id);
  }
}

/** Begins with what a link brings. */
export function openShared(shared: SharedState): void {
  usePlayground.setState(playgroundOf(shared));
}

/** Puts conversations in the place of those that are there. */
export function openConversations(settings: Settings, panes: readonly Conversation[]): void {
  for (const { stop } of usePlayground.getState().panes) stop();
  usePlayground.setState({ settings, panes, prompt: "", images: [] });
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

function playgroundOf(shared: SharedState | undefined): Omit<Playground, "models"> {
  const models = shared?.models ?? [];
  return {
    settings: shared?.settings ?? DEFAULT_SETTINGS,
    prompt: shared?.prompt ?? "",
    images: [],
    isSending: false,
    pastedKey: "",
    // An empty name is the first model that there is.
    panes: (models.length === 0 ? [""] : models).map((model) => createConversation(model)),
  };
}
