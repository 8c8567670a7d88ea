import { useCallback, useEffect, useReducer, useRef } from "react";
import { type ChatRequest, chatBody } from "../api/chat-request.ts";
import { type ChatState, canSend, chatReducer, INITIAL_STATE } from "../state/chat-state.ts";
import { sendChat, waitFor } from "../state/send-chat.ts";

export interface Chat {
  readonly state: ChatState;
  readonly send: (request: ChatRequest, apiKey: string) => void;
  readonly stop: () => void;
}

/** The page's conversation with one API: at most one request under way, stopped when the page goes. */
export function useChat(apiUrl: string, isOnline: boolean): Chat {
  const [state, dispatch] = useReducer(chatReducer, INITIAL_STATE);
  const running = useRef<{ readonly id: number; readonly controller: AbortController }>(undefined);
  const { phase } = state;

  useEffect(() => () => running.current?.controller.abort(), []);

  useEffect(() => {
    if (isOnline) dispatch({ type: "backOnline" });
  }, [isOnline]);

  useEffect(() => {
    if (phase.kind !== "limited") return;
    const timer = window.setTimeout(() => dispatch({ type: "limitOver" }), phase.until - performance.now());
    return () => window.clearTimeout(timer);
  }, [phase]);

  const send = (request: ChatRequest, apiKey: string) => {
    if (!canSend(phase)) return;
    const controller = new AbortController();
    const id = (running.current?.id ?? 0) + 1;
    running.current = { id, controller };
    const now = () => performance.now();
    dispatch({ type: "sent", id, at: now(), request });
    const call = {
      apiUrl,
      apiKey,
      body: chatBody(request),
      signal: controller.signal,
      isOnline: () => navigator.onLine,
    };
    void sendChat(id, call, { now, wait: waitFor, dispatch });
  };

  const stop = useCallback(() => {
    if (running.current === undefined) return;
    running.current.controller.abort();
    // At once, not when the aborted request has wound up: the button must feel like a switch.
    dispatch({ type: "stopped", id: running.current.id });
  }, []);

  return { state, send, stop };
}
