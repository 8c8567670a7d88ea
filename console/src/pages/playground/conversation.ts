import { createStore, type StoreApi } from "zustand";
import { type ResponsePart, streamChat } from "../../../../ui/stream/stream-chat.ts";
import { type ChatMessage, requestBody, type Settings } from "./settings.ts";
import { figuresOfHeaders, isRunning, messagesOf, type Turn } from "./turn.ts";

interface ConversationState {
  readonly model: string;
  readonly turns: readonly Turn[];
}

export interface SendOptions {
  readonly apiUrl: string;
  readonly apiKey: string;
  readonly settings: Settings;
  readonly prompt: string;
}

/** The turns of one pane with one model; its answers stream into it. */
export interface Conversation {
  readonly id: number;
  readonly store: StoreApi<ConversationState>;
  /** @returns the turn as it ended; `undefined` while another one runs */
  readonly send: (options: SendOptions) => Promise<Turn | undefined>;
  readonly stop: () => void;
  /** Forgets all turns but the first `count`. While one runs, nothing. */
  readonly keep: (count: number) => void;
}

let lastId = 0;

export function createConversation(model: string): Conversation {
  const store = createStore<ConversationState>()(() => ({ model, turns: [] }));
  let running: AbortController | undefined;
  const change = (id: number, next: (turn: Turn) => Turn) =>
    store.setState(({ turns }) => ({ turns: turns.map((turn) => (turn.id === id ? next(turn) : turn)) }));
  const last = () => store.getState().turns.at(-1);

  async function send({ apiUrl, apiKey, settings, prompt }: SendOptions): Promise<Turn | undefined> {
    if (running !== undefined) return undefined;
    const controller = new AbortController();
    running = controller;
    const { model: chosen, turns } = store.getState();
    const turn = newTurn(chosen, prompt);
    const messages: readonly ChatMessage[] = [...messagesOf(turns), { role: "user", content: prompt }];
    store.setState({ turns: [...turns, turn] });
    const parts = perFrame((part) => change(turn.id, (now) => withPart(now, part, performance.now())));
    const outcome = await streamChat(
      {
        apiUrl,
        apiKey,
        body: {
          ...requestBody(chosen, settings, messages),
          stream: true,
          stream_options: { include_usage: true },
        },
        signal: controller.signal,
        isOnline: () => navigator.onLine,
        onHeaders: (headers) =>
          change(turn.id, (now) => ({ ...now, figures: { ...now.figures, ...figuresOfHeaders(headers) } })),
      },
      parts.push,
    );
    parts.end();
    running = undefined;
    change(turn.id, (now) => {
      const figures = { ...now.figures, lastAt: now.figures.lastAt ?? performance.now() };
      if (outcome.kind === "problem") return { ...now, figures, phase: "failed", problem: outcome.problem };
      return { ...now, figures, phase: outcome.kind === "complete" ? "done" : "stopped" };
    });
    return store.getState().turns.find(({ id }) => id === turn.id);
  }

  lastId += 1;
  return {
    id: lastId,
    store,
    send,
    stop: () => running?.abort(),
    keep: (count) => {
      const turn = last();
      if (turn === undefined || !isRunning(turn)) store.setState(({ turns }) => ({ turns: turns.slice(0, count) }));
    },
  };
}

function newTurn(model: string, prompt: string): Turn {
  lastId += 1;
  const figures = { sentAt: performance.now(), deltas: 0 };
  return { id: lastId, model, prompt, text: "", thinking: "", phase: "waiting", figures };
}

function withPart(turn: Turn, part: TimedPart, now: number): Turn {
  const { figures } = turn;
  const text = turn.text + part.text;
  const thinking = turn.thinking + (part.thinking ?? "");
  const { usage = figures.usage, finishReason = turn.finishReason } = part;
  const firstTokenAt = figures.firstTokenAt ?? part.firstAt;
  return {
    ...turn,
    text,
    thinking,
    phase: text === "" ? (thinking === "" ? "waiting" : "thinking") : "writing",
    ...(finishReason === undefined ? {} : { finishReason }),
    figures: {
      ...figures,
      deltas: figures.deltas + part.deltas,
      lastAt: part.lastAt ?? figures.lastAt ?? now,
      ...(firstTokenAt === undefined ? {} : { firstTokenAt }),
      ...(usage === undefined ? {} : { usage }),
    },
  };
}

/** Parts that came since the frame before, as one. */
interface TimedPart extends ResponsePart {
  /** When the first and the last of its tokens came. */
  readonly firstAt?: number;
  readonly lastAt?: number;
}

/** Passes parts on once a frame, however fast they come. A hidden page has no frames: there it all comes with `end`. */
function perFrame(onPart: (part: TimedPart) => void): {
  readonly push: (part: ResponsePart) => void;
  readonly end: () => void;
} {
  let waiting: TimedPart | undefined;
  let frame: number | undefined;
  const flush = () => {
    const part = waiting;
    waiting = undefined;
    frame = undefined;
    if (part !== undefined) onPart(part);
  };
  return {
    push: (part) => {
      waiting = joined(waiting, part, performance.now());
      frame ??= requestAnimationFrame(flush);
    },
    end: () => {
      if (frame !== undefined) cancelAnimationFrame(frame);
      flush();
    },
  };
}

function joined(before: TimedPart | undefined, part: ResponsePart, now: number): TimedPart {
  const times = part.deltas === 0 ? {} : { firstAt: before?.firstAt ?? now, lastAt: now };
  if (before === undefined) return { ...part, ...times };
  return {
    ...before,
    ...part,
    text: before.text + part.text,
    thinking: (before.thinking ?? "") + (part.thinking ?? ""),
    deltas: before.deltas + part.deltas,
    ...times,
  };
}
