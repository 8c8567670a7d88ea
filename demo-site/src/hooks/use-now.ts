import { useEffect, useState } from "react";

/** Steps of the page's running clocks, in ms: fast enough for tenths of a second to look alive. */
const TICK_MS = 100;

/** `performance.now()`, renewed while `isRunning`. */
export function useNow(isRunning: boolean): number {
  const [now, setNow] = useState(() => performance.now());
  useEffect(() => {
    if (!isRunning) return;
    const tick = () => setNow(performance.now());
    tick();
    const timer = window.setInterval(tick, TICK_MS);
    return () => window.clearInterval(timer);
  }, [isRunning]);
  return now;
}
