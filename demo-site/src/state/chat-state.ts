import type { Problem } from "../../../ui/stream/problem.ts";
import type { ResponsePart, TokenUsage } from "../../../ui/stream/stream-chat.ts";
import type { ChatRequest } from "../api/chat-request.ts";

/** Length of one step of `Exchange.flow`, in ms: fine enough to see a stall, few enough to draw a minute. */
export const FLOW_STEP_MS = 100;
/** Exchanges shown on the page; older ones are dropped. */
const HISTORY_LIMIT = 20;

/** One prompt and what came of it. All times are in ms of the page's own clock (`performance.now()`). */
export interface Exchange {
  readonly id: number;
  readonly request: ChatRequest;
  /** When the latest attempt was sent. */
  readonly sentAt: number;
  readonly response: string;
  /** Content deltas that arrived. */
  readonly deltas: number;
  /** Content deltas in each step of `FLOW_STEP_MS` since `sentAt`. */
  readonly flow: readonly number[];
  readonly firstTokenAt?: number;
  readonly lastTokenAt?: number;
  readonly usage?: TokenUsage;
  readonly finishReason?: string;
  readonly ending: "open" | "complete" | "stopped" | "broken";
}

export type Phase =
  | { readonly kind: "idle"; readonly reason: "fresh" | "limitOver" | "backOnline" }
  /** Sent, no token yet. */
  | { readonly kind: "waiting" }
  | { readonly kind: "streaming" }
  | { readonly kind: "done" }
  /** 429: sending is closed until `until`. */
  | { readonly kind: "limited"; readonly problem: Problem; readonly until: number }
  /** 503: attempt `attempt` of `attempts` failed, the next one starts at `until`. */
  | {
      readonly kind: "unavailable";
      readonly problem: Problem;
      readonly attempt: number;
      readonly attempts: number;
      readonly until: number;
    }
  | { readonly kind: "failed"; readonly problem: Problem };

export interface ChatState {
  readonly phase: Phase;
  readonly current?: Exchange;
  /** Earlier exchanges that have a response, newest first. */
  readonly history: readonly Exchange[];
}

/** What happens to the exchange `id`; ignored once that exchange is over or replaced. */
export type ExchangeAction =
  | { readonly type: "part"; readonly id: number; readonly at: number; readonly part: ResponsePart }
  | { readonly type: "completed"; readonly id: number }
  | { readonly type: "stopped"; readonly id: number }
  | { readonly type: "failed"; readonly id: number; readonly at: number; readonly problem: Problem }
  | {
      readonly type: "unavailable";
      readonly id: number;
      readonly at: number;
      readonly problem: Problem;
      readonly attempt: number;
      readonly attempts: number;
    }
  | { readonly type: "retrying"; readonly id: number; readonly at: number };

export type ChatAction =
  | { readonly type: "sent"; readonly id: number; readonly at: number; readonly request: ChatRequest }
  | { readonly type: "limitOver" }
  | { readonly type: "backOnline" }
  | ExchangeAction;

export const INITIAL_STATE: ChatState = { phase: { kind: "idle", reason: "fresh" }, history: [] };

/** A request is under way or about to be repeated: Stop does something, Send does not. */
export function isBusy(phase: Phase): boolean {
  return phase.kind === "waiting" || phase.kind === "streaming" || phase.kind === "unavailable";
}

export function canSend(phase: Phase): boolean {
  return !isBusy(phase) && phase.kind !== "limited";
}

export function chatReducer(state: ChatState, action: ChatAction): ChatState {
  const { current, phase } = state;
  switch (action.type) {
    case "sent": {
      if (!canSend(phase)) return state;
      const history = current === undefined || current.response === "" ? state.history : [current, ...state.history];
      const { id, request, at: sentAt } = action;
      return {
        phase: { kind: "waiting" },
        current: { id, request, sentAt, response: "", deltas: 0, flow: [], ending: "open" },
        history: history.slice(0, HISTORY_LIMIT),
      };
    }
    case "limitOver":
      return phase.kind === "limited" ? { ...state, phase: { kind: "idle", reason: "limitOver" } } : state;
    case "backOnline":
      return phase.kind === "failed" && phase.problem.kind === "offline"
        ? { ...state, phase: { kind: "idle", reason: "backOnline" } }
        : state;
    default:
      return current?.id === action.id && current.ending === "open" ? follow(state, current, action) : state;
  }
}

function follow(state: ChatState, current: Exchange, action: ExchangeAction): ChatState {
  switch (action.type) {
    case "part": {
      const next = addPart(current, action.part, action.at);
      return { ...state, current: next, phase: next.deltas > 0 ? { kind: "streaming" } : state.phase };
    }
    case "completed":
      return { ...state, current: { ...current, ending: "complete" }, phase: { kind: "done" } };
    case "stopped":
      return { ...state, current: { ...current, ending: "stopped" }, phase: { kind: "done" } };
    case "unavailable": {
      const { problem, attempt, attempts } = action;
      return { ...state, phase: { kind: "unavailable", problem, attempt, attempts, until: waitUntil(action) } };
    }
    case "retrying":
      return { ...state, current: { ...current, sentAt: action.at }, phase: { kind: "waiting" } };
    case "failed": {
      const { problem } = action;
      const over: Exchange = { ...current, ending: "broken" };
      return problem.kind === "limited"
        ? { ...state, current: over, phase: { kind: "limited", problem, until: waitUntil(action) } }
        : { ...state, current: over, phase: { kind: "failed", problem } };
    }
  }
}

function waitUntil({ at, problem }: { readonly at: number; readonly problem: Problem }): number {
  return at + (problem.retryAfterSeconds ?? 0) * 1000;
}

function addPart(exchange: Exchange, part: ResponsePart, at: number): Exchange {
  const { text, deltas, usage, finishReason } = part;
  return {
    ...exchange,
    response: exchange.response + text,
    deltas: exchange.deltas + deltas,
    ...(deltas === 0
      ? {}
      : {
          flow: addFlow(exchange.flow, Math.max(0, Math.floor((at - exchange.sentAt) / FLOW_STEP_MS)), deltas),
          firstTokenAt: exchange.firstTokenAt ?? at,
          lastTokenAt: at,
        }),
    ...(usage === undefined ? {} : { usage }),
    ...(finishReason === undefined ? {} : { finishReason }),
  };
}

function addFlow(flow: readonly number[], step: number, deltas: number): readonly number[] {
  const length = Math.max(flow.length, step + 1);
  return Array.from({ length }, (_, index) => (flow[index] ?? 0) + (index === step ? deltas : 0));
}
