import type { ReactNode, Ref } from "react";
import { CopyButton } from "../start/copy-button.tsx";
import { type ChatState, isBusy } from "../state/chat-state.ts";
import { figuresOf } from "../state/figures.ts";
import { FiguresList } from "./figures-list.tsx";
import { FlowStrip } from "./flow-strip.tsx";
import { ProblemNotice } from "./problem-notice.tsx";
import { WaitingClock } from "./waiting-clock.tsx";

interface ResponsePaneProps {
  readonly ref: Ref<HTMLElement>;
  readonly state: ChatState;
  /** The responding model, in the visitor's words. */
  readonly answeredBy: string;
  readonly onTryAgain: () => void;
  /** The parts below a finished response. */
  readonly children: ReactNode;
}

export function ResponsePane({ ref, state, answeredBy, onTryAgain, children }: ResponsePaneProps) {
  const { phase, current } = state;
  return (
    <section
      ref={ref}
      className="answer"
      aria-labelledby="answer-heading"
      aria-busy={phase.kind === "waiting" || phase.kind === "streaming"}
      tabIndex={-1}
    >
      <h2 id="answer-heading">Answer</h2>
      {current === undefined ? (
        <div className="answer-empty">
          <p>The answer appears here word by word, with the time that each part of it took.</p>
          {/* Another name is another sentence: as one that is longer its text would move. */}
          <p key={answeredBy} className="answered-by">
            {`Answers come from ${answeredBy}.`}
          </p>
        </div>
      ) : (
        <>
          <blockquote className="asked">{current.request.prompt}</blockquote>
          <p className="answered-by">{answeredBy}</p>
          {"problem" in phase && current.response === "" && <ProblemNotice phase={phase} onTryAgain={onTryAgain} />}
          {phase.kind === "waiting" && <WaitingClock since={current.sentAt} />}
          {(current.response !== "" || phase.kind === "streaming") && (
            <div className="answer-text" data-part="answer-text" data-streaming={phase.kind === "streaming"}>
              {current.response}
            </div>
          )}
          {"problem" in phase && current.response !== "" && <ProblemNotice phase={phase} onTryAgain={onTryAgain} />}
          {current.finishReason === "length" && phase.kind === "done" && (
            <p className="answer-note">The answer ends here because it reached “Max tokens”.</p>
          )}
          {phase.kind === "done" && current.ending === "stopped" && (
            <p className="answer-note">
              {current.response === "" ? "Stopped before the first token." : "You stopped the answer here."}
            </p>
          )}
          {(phase.kind === "waiting" || current.deltas > 0) && (
            <>
              <FlowStrip exchange={current} isRunning={phase.kind === "waiting" || phase.kind === "streaming"} />
              <FiguresList figures={figuresOf(current)} />
            </>
          )}
          {!isBusy(phase) && (
            <div className="answer-actions">
              {current.response !== "" && <CopyButton label="Copy answer" text={current.response} />}
              {children}
            </div>
          )}
        </>
      )}
    </section>
  );
}
