import { createStore, type StoreApi } from "zustand";
import { type Branches, newestEnd, pathOf } from "./branches.ts";
import type { PromptImage, ToolResult } from "./chat-messages.ts";
import type { ModelLimits, Settings } from "./settings.ts";
import { isRunning, type Turn } from "./turn.ts";

interface ConversationState extends Branches<Turn> {
  readonly model: string;
  /** The turns of the branch that is shown. */
  readonly turns: readonly Turn[];
}

/** Where a turn is sent, and what with it. */
export interface Connection {
  readonly apiUrl: string;
  readonly apiKey: string;
  readonly settings: Settings;
  /** What models can, which decides what of the settings each gets. */
  readonly models: readonly ModelLimits[];
}

export interface PromptOptions extends Connection {
  readonly prompt: string;
  readonly images: readonly PromptImage[];
  /** The same in all panes that get the prompt. */
  readonly round: number;
}

export interface ResultOptions extends Connection {
  readonly results: readonly ToolResult[];
}

/** The turns of one pane with one model, in branches; its answers stream into it. */
export interface Conversation {
  readonly id: number;
  readonly store: StoreApi<ConversationState>;
  /** @returns the turn as it ended; `undefined` while another one runs */
  readonly send: (options: PromptOptions | ResultOptions) => Promise<Turn | undefined>;
  readonly stop: () => void;
  /** Goes back before the prompt of a round, which stays in a branch of its own. While a turn runs, nothing. */
  readonly goBefore: (round: number) => void;
  /** Shows the newest branch from a turn on. While one runs, nothing. */
  readonly show: (turnId: number) => void;
  /** Forgets all turns. While one runs, nothing. */
  readonly clear: () => void;
}

/** What sends a turn and reads its stream; the first load is faster without it. */
export const loadStreaming = () => import("./stream-turn.ts");

let lastId = 0;

/** An id that no turn, pane or round of this window has. */
export function nextId(): number {
  lastId += 1;
  return lastId;
}

/** @param branches turns to begin with. @default - none */
export function createConversation(
  model: string,
  branches: Branches<Turn> = { all: [], tip: undefined },
): Conversation {
  const store = createStore<ConversationState>()(() => ({ model, ...branches, turns: pathOf(branches) }));
  let running: AbortController | undefined;
  const set = (next: Branches<Turn>) => store.setState({ ...next, turns: pathOf(next) });
  const change = (id: number, next: (turn: Turn) => Turn) => {
    const { all, tip } = store.getState();
    set({ all: all.map((turn) => (turn.id === id ? next(turn) : turn)), tip });
  };
  const isBusy = () => store.getState().all.some(isRunning);

  async function send(options: PromptOptions | ResultOptions): Promise<Turn | undefined> {
    if (running !== undefined) return undefined;
    const controller = new AbortController();
    running = controller;
    const { model: chosen, all, tip, turns } = store.getState();
    const turn = newTurn(chosen, tip, options);
    set({ all: [...all, turn], tip: turn.id });
    try {
      const { streamTurn } = await loadStreaming();
      await streamTurn([...turns, turn], options, controller.signal, (next) => change(turn.id, next));
    } finally {
      running = undefined;
    }
    return store.getState().all.find(({ id }) => id === turn.id);
  }

  return {
    id: nextId(),
    store,
    send,
    stop: () => running?.abort(),
    goBefore: (round) => {
      const { all, turns } = store.getState();
      const first = turns.find((turn) => turn.round === round);
      if (first !== undefined && !isBusy()) set({ all, tip: first.after });
    },
    show: (turnId) => {
      const { all } = store.getState();
      if (!isBusy()) set({ all, tip: newestEnd(all, turnId) });
    },
    clear: () => {
      if (!isBusy()) set({ all: [], tip: undefined });
    },
  };
}

function newTurn(model: string, after: number | undefined, options: PromptOptions | ResultOptions): Turn {
  const input =
    "results" in options
      ? { prompt: "", images: [], results: options.results, round: nextId() }
      : { prompt: options.prompt, images: options.images, results: [], round: options.round };
  return {
    id: nextId(),
    after,
    model,
    ...input,
    text: "",
    thinking: "",
    toolCalls: [],
    phase: "waiting",
    figures: { sentAt: performance.now(), deltas: 0 },
  };
}
