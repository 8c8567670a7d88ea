import { lazy, Suspense, useEffect } from "react";
import { useStore } from "zustand";
import { useTexts } from "../../i18n/translate.ts";
import { followersOf } from "./conversation/branches.ts";
import { type Conversation, loadStreaming } from "./conversation/conversation.ts";
import { isRunning } from "./conversation/turn.ts";
import { MESSAGES } from "./messages.ts";
import { chooseModel, removePane, showBranch } from "./state/playground-store.ts";

// The first load is faster without what shows answers; it comes before the first one does.
const turnList = () => import("./responses/turn-list.tsx");
const TurnList = lazy(turnList);

interface PaneProps {
  readonly projectId: string;
  readonly conversation: Conversation;
  /** From 1 on. */
  readonly number: number;
  readonly models: readonly string[];
  /** Whether the models are being read. */
  readonly isLoading: boolean;
  readonly isOnly: boolean;
}

/** A conversation with one model. */
export function Pane({ projectId, conversation, number, models, isLoading, isOnly }: PaneProps) {
  const t = useTexts(MESSAGES);
  const { model, turns, all, tip } = useStore(conversation.store);
  useEffect(() => {
    void turnList();
    void loadStreaming();
  }, []);
  const chosen = model || (models[0] ?? "");
  // A shared link may name a model that this key may not use; the API then says so.
  const options = chosen === "" || models.includes(chosen) ? models : [chosen, ...models];
  const isBusy = turns.some(isRunning);
  // After a step back to an earlier prompt.
  const later = followersOf(all, tip).at(-1);
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
        {all.length > 0 && !isBusy ? (
          <button type="button" className="button quiet" onClick={() => conversation.clear()}>
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
      {turns.length === 0 ? <p className="quiet">{t(isLoading ? "loadingModels" : "empty")}</p> : undefined}
      <Suspense fallback={null}>
        <TurnList projectId={projectId} conversation={conversation} />
      </Suspense>
      {later === undefined || isBusy ? undefined : (
        <button type="button" className="button quiet" onClick={() => showBranch(later)}>
          {t("backToBranch")}
        </button>
      )}
    </article>
  );
}
