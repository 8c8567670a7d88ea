import { memo } from "react";
import type { Exchange } from "../state/chat-state.ts";
import { figuresOf, formatDuration } from "../state/figures.ts";

interface HistoryProps {
  readonly exchanges: readonly Exchange[];
  readonly onUse: (prompt: string) => void;
}

/** Earlier responses of this visit; they are in this page's memory alone. */
export const History = memo(function History({ exchanges, onUse }: HistoryProps) {
  if (exchanges.length === 0) return null;
  return (
    <section className="history" aria-labelledby="history-heading">
      <h2 id="history-heading">Earlier in this visit</h2>
      <ol>
        {exchanges.map((exchange) => (
          <li key={exchange.id}>
            <details>
              <summary>
                <span className="history-prompt">{exchange.request.prompt}</span>
                <span className="history-figures">{summary(exchange)}</span>
              </summary>
              <div className="answer-text">{exchange.response}</div>
              <button type="button" className="button quiet" onClick={() => onUse(exchange.request.prompt)}>
                Use this prompt again
              </button>
            </details>
          </li>
        ))}
      </ol>
    </section>
  );
});

function summary(exchange: Exchange): string {
  const { responseTokens, firstTokenMs, isApproximate } = figuresOf(exchange);
  const first = firstTokenMs === undefined ? "" : `, first after ${formatDuration(firstTokenMs)}`;
  return `${isApproximate ? "≈ " : ""}${responseTokens} tokens${first}`;
}
