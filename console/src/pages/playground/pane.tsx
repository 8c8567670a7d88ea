import { lazy, memo, Suspense } from "react";
import { useStore } from "zustand";
import { useTexts } from "../../i18n/translate.ts";
import type { Conversation } from "./conversation.ts";
import { FigureList } from "./figure-list.tsx";
import { MESSAGES } from "./messages.ts";
import { chooseModel, editPrompt, removePane } from "./playground-store.ts";
import { isRunning, type Turn } from "./turn.ts";

/** Needed with the first answer, not with the page. */
const Markdown = lazy(async () => ({ default: (await import("../../components/markdown/markdown.tsx")).Markdown }));

interface PaneProps {
  readonly conversation: Conversation;
  /** From 1 on. */
  readonly number: number;
  readonly models: readonly string[];
  readonly isOnly: boolean;
}

/** A conversation with one model. */
export function Pane({ conversation, number, models, isOnly }: PaneProps) {
  const t = useTexts(MESSAGES);
  const { model, turns } = useStore(conversation.store);
  const chosen = model || (models[0] ?? "");
  // A shared link may name a model that this key may not use; the API then says so.
  const options = chosen === "" || models.includes(chosen) ? models : [chosen, ...models];
  const isBusy = turns.some(isRunning);
  return (
    <article className="pane" aria-labelledby={`pane-${conversation.id}`}>
      <header className="pane-head">
        <h2 id={`pane-${conversation.id}`}>{t("pane", { number: String(number) })}</h2>
        <select
          aria-label={`${t("model")} ${number}`}
          translate="no"
          value={chosen}
          disabled={isBusy || options.length === 0}
          onChange={({ target }) => chooseModel(conversation, target.value)}
        >
          {options.map((id) => (
            <option key={id}>{id}</option>
          ))}
        </select>
        {turns.length > 0 && !isBusy ? (
          <button type="button" className="button quiet" onClick={() => conversation.keep(0)}>
            {t("clear")}
          </button>
        ) : undefined}
        {isOnly ? undefined : (
          <button
            type="button"
            className="button quiet"
            aria-label={t("removePane", { number: String(number) })}
            onClick={() => removePane(conversation)}
          >
            <span aria-hidden="true" translate="no">
              ×
            </span>
          </button>
        )}
      </header>
      {turns.length === 0 ? <p className="quiet">{t("empty")}</p> : undefined}
      {turns.map((turn, index) => (
        <div key={turn.id} className="turn-row">
          <TurnView turn={turn} />
          {isBusy ? undefined : (
            <button
              type="button"
              className="button quiet"
              aria-label={t("editNamed", { number: String(index + 1) })}
              onClick={() => {
                editPrompt(index, turn.prompt);
                document.getElementById("prompt")?.focus();
              }}
            >
              {t("edit")}
            </button>
          )}
        </div>
      ))}
    </article>
  );
}

const TurnView = memo(({ turn }: { readonly turn: Turn }) => {
  const t = useTexts(MESSAGES);
  return (
    <div className="turn" data-phase={turn.phase} aria-busy={isRunning(turn)}>
      <p className="turn-prompt" translate="no">
        <span className="visually-hidden">{t("you")}</span> {turn.prompt}
      </p>
      <p className="turn-phase">
        <span className="dot" aria-hidden="true" /> {t(turn.phase)}
      </p>
      {turn.thinking === "" ? undefined : (
        <details className="thinking" open={turn.phase === "thinking"}>
          <summary>{t("thoughts")}</summary>
          <p translate="no">{turn.thinking}</p>
        </details>
      )}
      {turn.text === "" ? undefined : (
        <div className="answer" translate="no">
          <Suspense fallback={turn.text}>
            <Markdown text={turn.text} />
          </Suspense>
        </div>
      )}
      {turn.finishReason === "length" ? <p className="hint">{t("cut")}</p> : undefined}
      {turn.problem === undefined ? undefined : (
        <div className="problem" lang="en" translate="no">
          <p>{turn.problem.message}</p>
          {turn.problem.details.length > 1 ? (
            <ul>
              {turn.problem.details.map(({ param, message }) => (
                <li key={`${param} ${message}`}>
                  <code>{param}</code>: {message}
                </li>
              ))}
            </ul>
          ) : undefined}
        </div>
      )}
      <FigureList figures={turn.figures} isOver={!isRunning(turn)} />
    </div>
  );
});
