import { memo } from "react";
import { Markdown } from "../../../components/markdown/markdown.tsx";
import { useTexts } from "../../../i18n/translate.ts";
import { isRunning, type Turn } from "../conversation/turn.ts";
import { FigureList } from "./figure-list.tsx";
import { ImageList } from "./image-list.tsx";
import { MESSAGES } from "./messages.ts";

/** A prompt with its answer, as it comes. */
export const TurnView = memo(function TurnView({ turn }: { readonly turn: Turn }) {
  const t = useTexts(MESSAGES);
  return (
    <div className="turn" data-phase={turn.phase} aria-busy={isRunning(turn)}>
      {turn.results.length > 0 ? (
        <p className="quiet">{t("resultsSent", { count: turn.results.length })}</p>
      ) : (
        <p className="turn-prompt" translate="no">
          <span className="visually-hidden">{t("you")}</span> {turn.prompt}
        </p>
      )}
      <ImageList images={turn.images} />
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
          <Markdown text={turn.text} />
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
      <FigureList model={turn.model} figures={turn.figures} isOver={!isRunning(turn)} />
    </div>
  );
});
