import { type ChatCall, streamChat } from "../../../ui/stream/stream-chat.ts";
import type { ExchangeAction } from "./chat-state.ts";

/** How often a 503 is repeated before the page gives up: an engine that restarts needs longer than a visitor waits. */
const RETRIES = 3;

export interface SendChatTools {
  readonly now: () => number;
  /** Resolves after `ms`, or at once when the signal is aborted. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly dispatch: (action: ExchangeAction) => void;
}

/** Sends the request and dispatches each event to the state; repeats after a 503, since no token was generated then. */
export async function sendChat(id: number, call: ChatCall, { now, wait, dispatch }: SendChatTools): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await streamChat(call, (part) => dispatch({ type: "part", id, at: now(), part }));
    if (outcome.kind === "complete") return dispatch({ type: "completed", id });
    if (outcome.kind === "stopped") return dispatch({ type: "stopped", id });
    const { problem } = outcome;
    if (problem.kind !== "unavailable" || attempt > RETRIES)
      return dispatch({ type: "failed", id, at: now(), problem });
    dispatch({ type: "unavailable", id, at: now(), problem, attempt, attempts: RETRIES });
    await wait((problem.retryAfterSeconds ?? 0) * 1000, call.signal);
    if (call.signal.aborted) return dispatch({ type: "stopped", id });
    dispatch({ type: "retrying", id, at: now() });
  }
}

export function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const finish = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", finish);
      resolve();
    };
    const timer = setTimeout(finish, ms);
    signal.addEventListener("abort", finish);
  });
}
