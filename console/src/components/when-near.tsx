import { type ReactNode, Suspense, useEffect, useRef, useState } from "react";
import { usePrinting } from "./use-printing.ts";

interface WhenNearProps {
  /** Has its size before its content is there, so that nothing moves. */
  readonly className: string;
  /** May be loaded by `lazy`. */
  readonly children: ReactNode;
  /** Printed while the content is not there: a print waits for nothing. */
  readonly printed: ReactNode;
}

/** Distance from the window at which what is below it is loaded. */
const MARGIN = "300px";
/** By each of these somebody uses the page, who may print it without having scrolled. */
const USES = ["pointermove", "pointerdown", "keydown", "wheel", "scroll"] as const;
/** The longest wait until the browser has nothing else to do, in ms. */
const IDLE_WAIT_MS = 1000;

/** Renders its content once it is near the window or the page is used: what nobody looks at is not loaded. */
export function WhenNear({ className, children, printed }: WhenNearProps) {
  const box = useRef<HTMLDivElement>(null);
  const [isWanted, setWanted] = useState(false);
  const isPrinting = usePrinting();
  useEffect(() => {
    if (box.current === null) return;
    const ends = new AbortController();
    const want = () => {
      ends.abort();
      setWanted(true);
    };
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) want();
      },
      { rootMargin: MARGIN },
    );
    observer.observe(box.current);
    ends.signal.addEventListener("abort", () => observer.disconnect());
    const use = () => whenIdle(() => ends.signal.aborted || want());
    for (const name of USES) addEventListener(name, use, { once: true, passive: true, signal: ends.signal });
    return () => ends.abort();
  }, []);
  const before = (
    <div ref={box} className={isPrinting ? undefined : className}>
      {isPrinting ? printed : undefined}
    </div>
  );
  return isWanted ? <Suspense fallback={before}>{children}</Suspense> : before;
}

/** Safari has no idle callbacks. */
function whenIdle(work: () => void): void {
  if ("requestIdleCallback" in window) requestIdleCallback(work, { timeout: IDLE_WAIT_MS });
  else setTimeout(work, IDLE_WAIT_MS);
}
