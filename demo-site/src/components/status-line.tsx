import type { Problem } from "../../../ui/stream/problem.ts";
import type { ChatState } from "../state/chat-state.ts";
import { statusText } from "../state/status-text.ts";

/** The page's one live region: the state, and the response once it is finished (never token by token). */
export function StatusLine({ state, isOnline }: { readonly state: ChatState; readonly isOnline: boolean }) {
  const { phase, current } = state;
  const isOffline = !isOnline && phase.kind === "idle";
  const tone = isOffline ? "failed" : phase.kind;
  return (
    <div className="status" data-tone={tone} role="status" aria-atomic="true">
      <span>{isOffline ? "You are offline. Sending works again once you are back." : statusText(state)}</span>
      {phase.kind === "failed" && <span className="visually-hidden"> {problemText(phase.problem)}</span>}
      {phase.kind === "done" && current !== undefined && current.response !== "" && (
        <span className="visually-hidden"> The answer: {current.response}</span>
      )}
    </div>
  );
}

function problemText({ message, details }: Problem): string {
  return [message, ...details.map((detail) => `${detail.param}: ${detail.message}`)].join(" ");
}
