import { useRouteContext } from "@tanstack/react-router";
import { useState } from "react";
import { announce } from "../../../components/announcer.tsx";
import { useTexts } from "../../../i18n/translate.ts";
import type { ToolResult } from "../conversation/chat-messages.ts";
import { type Conversation, nextId } from "../conversation/conversation.ts";
import type { Turn } from "../conversation/turn.ts";
import { MESSAGES } from "./messages.ts";
import { modelKey } from "./models.ts";
import { usePlayground } from "./playground-store.ts";

/** Sends to models; says when it begins and how each one ends, not what comes between. */
export function useSend(projectId: string, firstModel: string) {
  const t = useTexts(MESSAGES);
  const { config } = useRouteContext({ from: "__root__" });
  const isSending = usePlayground((state) => state.isSending);
  const [error, setError] = useState<unknown>();
  const sayEnd = (turn: Turn | undefined) => {
    if (turn === undefined) return;
    const text = turn.phase === "failed" ? "fails" : turn.phase === "stopped" ? "wasStopped" : "ends";
    announce(t(text, { model: turn.model }));
  };
  const sending = async (work: (connection: { apiUrl: string; apiKey: string }) => Promise<unknown>) => {
    if (usePlayground.getState().isSending) return;
    setError(undefined);
    usePlayground.setState({ isSending: true });
    try {
      await work({ apiUrl: config.apiUrl, apiKey: await modelKey(projectId) });
    } catch (failure) {
      setError(failure);
    } finally {
      usePlayground.setState({ isSending: false });
    }
  };
  /** The prompt to all panes at once. */
  const sendPrompt = () =>
    sending(async (connection) => {
      const { panes, settings, prompt, images, models } = usePlayground.getState();
      for (const { store } of panes) if (store.getState().model === "") store.setState({ model: firstModel });
      usePlayground.setState({ prompt: "", images: [] });
      announce(t("begins", { count: panes.length }));
      const options = { ...connection, settings, models, prompt, images, round: nextId() };
      await Promise.all(panes.map((pane) => pane.send(options).then(sayEnd)));
    });
  /** Results of tool calls to the pane whose model made them. */
  const sendResults = (pane: Conversation, results: readonly ToolResult[]) =>
    sending(async (connection) => {
      announce(t("begins", { count: 1 }));
      const { settings, models } = usePlayground.getState();
      sayEnd(await pane.send({ ...connection, settings, models, results }));
    });
  const stop = () => {
    for (const pane of usePlayground.getState().panes) pane.stop();
  };
  return { isSending, error, sendPrompt, sendResults, stop };
}
