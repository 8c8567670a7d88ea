import { lazy, Suspense } from "react";
import { useStore } from "zustand";
import { useTexts } from "../../../i18n/translate.ts";
import { followersOf } from "../conversation/branches.ts";
import type { Conversation } from "../conversation/conversation.ts";
import { isRunning, type Turn } from "../conversation/turn.ts";
import { editPrompt, showBranch } from "../state/playground-store.ts";
import { MESSAGES } from "./messages.ts";
import { TurnView } from "./turn-view.tsx";

// Few conversations have calls.
const ToolCalls = lazy(() => import("./tool-calls.tsx"));

interface TurnListProps {
  readonly projectId: string;
  readonly conversation: Conversation;
}

/** The turns of the branch that is shown. */
export default function TurnList({ projectId, conversation }: TurnListProps) {
  const t = useTexts(MESSAGES);
  const { turns, all } = useStore(conversation.store);
  const isBusy = turns.some(isRunning);
  return (
    <>
      {turns.map((turn, index) => (
        <div key={turn.id} className="turn-row">
          <TurnView turn={turn} />
          {turn.toolCalls.length === 0 || isRunning(turn) ? undefined : (
            <Suspense fallback={null}>
              <ToolCalls
                projectId={projectId}
                conversation={conversation}
                turn={turn}
                answered={turns[index + 1]?.results ?? []}
              />
            </Suspense>
          )}
          {isBusy ? undefined : (
            <div className="turn-actions">
              {turn.results.length > 0 ? undefined : (
                <button
                  type="button"
                  className="button quiet"
                  aria-label={t("editNamed", { number: String(promptNumber(turns, index)) })}
                  onClick={() => {
                    editPrompt(turn);
                    document.getElementById("prompt")?.focus();
                  }}
                >
                  {t("edit")}
                </button>
              )}
              <BranchSwitch branches={followersOf(all, turn.after)} shown={turn} />
            </div>
          )}
        </div>
      ))}
    </>
  );
}

/** From 1 on; turns with results of tool calls have no prompt. */
function promptNumber(turns: readonly Turn[], index: number): number {
  return turns.slice(0, index + 1).filter(({ results }) => results.length === 0).length;
}

/** Steps through the prompts that were sent at one position. */
function BranchSwitch({ branches, shown }: { readonly branches: readonly Turn[]; readonly shown: Turn }) {
  const t = useTexts(MESSAGES);
  if (branches.length < 2) return undefined;
  const position = branches.indexOf(shown);
  const step = (by: -1 | 1, sign: string) => {
    const next = branches[position + by];
    return (
      <button
        type="button"
        className="button quiet"
        aria-label={t(by < 0 ? "branchBefore" : "branchAfter")}
        aria-disabled={next === undefined}
        onClick={() => {
          if (next !== undefined) showBranch(next);
        }}
      >
        <span aria-hidden="true" translate="no">
          {sign}
        </span>
      </button>
    );
  };
  return (
    <>
      {step(-1, "‹")}
      <span className="quiet">{t("branch", { number: String(position + 1), count: String(branches.length) })}</span>
      {step(1, "›")}
    </>
  );
}
