import { useNow } from "../hooks/use-now.ts";

/** Whole seconds until `until` (page clock, ms), running. Not announced: the status line has announced it once. */
export function Countdown({ until }: { readonly until: number }) {
  const now = useNow(true);
  return (
    <span className="countdown" role="timer" aria-live="off">
      {Math.max(0, Math.ceil((until - now) / 1000))} s
    </span>
  );
}
