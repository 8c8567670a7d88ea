import { useEffect } from "react";

/** Calls `stop` when Escape is pressed anywhere in the page, as long as there is something to stop. */
export function useEscape(canStop: boolean, stop: () => void): void {
  useEffect(() => {
    if (!canStop) return;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key === "Escape" && !event.isComposing && !event.defaultPrevented) stop();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [canStop, stop]);
}
