import { useNow } from "../hooks/use-now.ts";
import { type Exchange, FLOW_STEP_MS } from "../state/chat-state.ts";
import { formatDuration } from "../state/figures.ts";

/** The strip shows at least this many steps (5 s), so that a short response does not look like a long one. */
const LEAST_STEPS = 50;
/** Height of the drawing in its own units. */
const HEIGHT = 20;

/**
 * When the tokens came: still water until the first one opens the gate, then a bar for each tenth of a second.
 * A picture of the figures beneath it, so screen readers are spared.
 */
export function FlowStrip({ exchange, isRunning }: { readonly exchange: Exchange; readonly isRunning: boolean }) {
  const now = useNow(isRunning);
  const { flow, sentAt, firstTokenAt } = exchange;
  const elapsed = isRunning ? Math.max(0, now - sentAt) / FLOW_STEP_MS : flow.length;
  const steps = Math.max(LEAST_STEPS, flow.length, Math.ceil(elapsed));
  const most = Math.max(1, ...flow);
  const gate = firstTokenAt === undefined ? undefined : (firstTokenAt - sentAt) / FLOW_STEP_MS;
  return (
    <div className="flow">
      <svg viewBox={`0 0 ${steps} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        <path className="flow-bed" d={`M0 ${HEIGHT - 0.5}H${steps}`} />
        <path className="flow-wait" d={`M0 ${HEIGHT - 0.5}H${gate ?? elapsed}`} />
        <path className="flow-tokens" d={flow.map((count, step) => bar(step, count / most)).join("")} />
        {gate !== undefined && <path className="flow-gate" d={`M${gate} 0V${HEIGHT}`} />}
      </svg>
      <p aria-hidden="true">
        <span>0 s</span>
        <span>{formatDuration(steps * FLOW_STEP_MS)}</span>
      </p>
    </div>
  );
}

function bar(step: number, share: number): string {
  if (share === 0) return "";
  const top = HEIGHT - 1 - share * (HEIGHT - 4);
  return `M${step + 0.12} ${HEIGHT}V${top.toFixed(2)}h0.76V${HEIGHT}z`;
}
