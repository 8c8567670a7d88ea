import type { Phase } from "../state/chat-state.ts";
import { problemTitle } from "../state/status-text.ts";
import { Countdown } from "./countdown.tsx";

export type ProblemPhase = Extract<Phase, { readonly problem: unknown }>;

interface ProblemNoticeProps {
  readonly phase: ProblemPhase;
  readonly onTryAgain: () => void;
}

/** What went wrong, what to do, and the running wait where there is one. */
export function ProblemNotice({ phase, onTryAgain }: ProblemNoticeProps) {
  const { problem } = phase;
  return (
    <div className="notice" data-tone={phase.kind === "failed" ? "failed" : "waiting"}>
      <h3>{problemTitle(phase)}</h3>
      {(problem.kind !== "invalid" || problem.details.length === 0) && <p>{problem.message}</p>}
      {problem.details.length > 0 && (
        <ul className="notice-details">
          {problem.details.map(({ param, message }) => (
            <li key={`${param} ${message}`}>
              <code>{param}</code> {message}
            </li>
          ))}
        </ul>
      )}
      {phase.kind === "limited" && (
        <p>
          You can send again in <Countdown until={phase.until} />
        </p>
      )}
      {phase.kind === "unavailable" && (
        <p>
          Trying again in <Countdown until={phase.until} /> (try {phase.attempt} of {phase.attempts}). Stop cancels.
        </p>
      )}
      {phase.kind === "failed" && problem.kind === "offline" && <p>Your prompt is still in its field.</p>}
      {phase.kind === "failed" && canHelpAgain(phase) && (
        <button type="button" className="button" onClick={onTryAgain}>
          Try again
        </button>
      )}
      {problem.requestId !== undefined && (
        <p className="notice-id">
          Request id <code>{problem.requestId}</code>
        </p>
      )}
    </div>
  );
}

/** A wrong request stays wrong; the rest may pass. */
function canHelpAgain({ problem }: ProblemPhase): boolean {
  return problem.kind !== "invalid" && problem.kind !== "unauthorized" && (problem.status ?? 500) >= 500;
}
