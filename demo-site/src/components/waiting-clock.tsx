import { useNow } from "../hooks/use-now.ts";

/** Seconds since the request went out, in tenths. Not announced: the status line announces that the page waits. */
export function WaitingClock({ since }: { readonly since: number }) {
  const now = useNow(true);
  return (
    <p className="waiting" role="timer" aria-live="off">
      Waiting for the first token <span className="mono">{(Math.max(0, now - since) / 1000).toFixed(1)} s</span>
    </p>
  );
}
