import { type Figures, formatDuration } from "../state/figures.ts";

/** Time to first token, rate and counts; a dash until there is one. */
export function FiguresList({ figures }: { readonly figures: Figures }) {
  const { firstTokenMs, tokensPerSecond, responseTokens, promptTokens, isApproximate } = figures;
  const about = isApproximate && responseTokens > 0 ? "≈ " : "";
  const rows = [
    ["Time to first token", firstTokenMs === undefined ? undefined : formatDuration(firstTokenMs)],
    ["Tokens per second", tokensPerSecond === undefined ? undefined : `${about}${tokensPerSecond.toFixed(1)}`],
    ["Answer tokens", `${about}${responseTokens}`],
    ["Prompt tokens", promptTokens?.toString()],
  ] as const;
  return (
    <dl className="figures">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value ?? <span className="figure-empty">–</span>}</dd>
        </div>
      ))}
    </dl>
  );
}
