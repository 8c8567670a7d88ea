import { useRouteContext, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { announce } from "../../components/announcer.tsx";
import { CopyButton } from "../../components/copy-button.tsx";
import { Problem } from "../../components/problem.tsx";
import { useFormatter, useTexts } from "../../i18n/translate.ts";
import { saveFile } from "../../lib/save-file.ts";
import type { Conversation } from "./conversation.ts";
import { conversationsFile } from "./conversations-file.ts";
import { MESSAGES } from "./messages.ts";
import { modelKey } from "./models.ts";
import { setPrompt, usePlayground } from "./playground-store.ts";
import { MAX_LINK, shareLink } from "./share-link.ts";
import type { Turn } from "./turn.ts";

interface ComposerProps {
  readonly projectId: string;
  readonly models: readonly string[];
  /** Whether there is a key and a model. */
  readonly isReady: boolean;
}

/** The prompt, which goes to all panes at once. */
export function Composer({ projectId, models, isReady }: ComposerProps) {
  const t = useTexts(MESSAGES);
  const format = useFormatter();
  const { prompt, settings } = usePlayground();
  const { isSending, error, send, stop } = useSend(projectId, models);
  const count = prompt.length + settings.system.length;
  const isTooLong = count > settings.promptLimit;
  const isSendable = isReady && prompt.trim() !== "" && !isTooLong && !isSending;
  const lengths = { count: format.number(count), limit: format.number(settings.promptLimit) };
  const submit = () => {
    if (isSendable) void send();
  };
  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {error === undefined ? undefined : <Problem error={error} />}
      <label htmlFor="prompt">{t("prompt")}</label>
      <textarea
        id="prompt"
        rows={3}
        value={prompt}
        aria-invalid={isTooLong}
        aria-describedby="prompt-hint"
        onChange={({ target }) => setPrompt(target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
          event.preventDefault();
          submit();
        }}
      />
      <div className="composer-foot">
        <p id="prompt-hint" className={isTooLong ? "hint bad" : "hint"}>
          {isTooLong ? t("tooLong", lengths) : `${t("promptHint")} ${t("characters", lengths)}`}
        </p>
        <div className="actions">
          <ShareButton />
          <SaveButton />
          {isSending ? (
            <button type="button" className="button" onClick={stop}>
              {t("stop")}
            </button>
          ) : undefined}
          <button type="submit" className="button primary" aria-disabled={!isSendable}>
            {t("send")}
          </button>
        </div>
      </div>
    </form>
  );
}

function ShareButton() {
  const t = useTexts(MESSAGES);
  const { prompt, settings, panes } = usePlayground();
  const { project } = useSearch({ from: "/app" });
  // An empty name is the first model of whoever opens the link.
  const models = panes.map(({ store }) => store.getState().model);
  const last = panes[0]?.store.getState().turns.at(-1)?.prompt ?? "";
  const link = shareLink({ models, settings, prompt: prompt || last }, location.origin, project);
  return link.length > MAX_LINK ? (
    <p className="hint">{t("linkTooLong")}</p>
  ) : (
    <CopyButton label={t("copyLink")} text={link} />
  );
}

/** Saves settings and conversations as a file, without a key. */
function SaveButton() {
  const t = useTexts(MESSAGES);
  const save = () => {
    const { settings, panes } = usePlayground.getState();
    const content = JSON.stringify(conversationsFile(settings, panes), undefined, 2);
    saveFile("conversations.json", new Blob([content], { type: "application/json" }));
  };
  return (
    <button type="button" className="button" onClick={save}>
      {t("save")}
    </button>
  );
}

/** Sends the prompt to all panes; says when it begins and how each one ends, not what comes between. */
function useSend(projectId: string, models: readonly string[]) {
  const t = useTexts(MESSAGES);
  const { config } = useRouteContext({ from: "__root__" });
  const [isSending, setSending] = useState(false);
  const [error, setError] = useState<unknown>();
  const end = (turn: Turn | undefined) => {
    if (turn === undefined) return;
    const text = turn.phase === "failed" ? "fails" : turn.phase === "stopped" ? "wasStopped" : "ends";
    announce(t(text, { model: turn.model }));
  };
  const send = async () => {
    setError(undefined);
    setSending(true);
    try {
      const apiKey = await modelKey(projectId);
      const { panes, settings, prompt } = usePlayground.getState();
      for (const { store } of panes) if (store.getState().model === "") store.setState({ model: models[0] ?? "" });
      setPrompt("");
      announce(t("begins", { count: panes.length }));
      const options = { apiUrl: config.apiUrl, apiKey, settings, prompt };
      await Promise.all(panes.map((pane: Conversation) => pane.send(options).then(end)));
    } catch (failure) {
      setError(failure);
    } finally {
      setSending(false);
    }
  };
  const stop = () => {
    for (const pane of usePlayground.getState().panes) pane.stop();
  };
  return { isSending, error, send, stop };
}
