import { useLayoutEffect, useRef } from "react";

/** How near to the end of the page a reader counts as following, in px. */
const NEAR_PX = 120;

/**
 * Keeps the end of the page in view while text grows, for those who are there already; who scrolled up to read is
 * left in peace.
 */
export function useFollowBottom(text: string, isGrowing: boolean): void {
  const heightBefore = useRef(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs for every piece of text, though it reads the page only
  useLayoutEffect(() => {
    const { scrollHeight, clientHeight, scrollTop } = document.documentElement;
    const grown = scrollHeight - heightBefore.current;
    const wasNear = heightBefore.current - clientHeight - scrollTop < NEAR_PX;
    if (isGrowing && grown > 0 && wasNear && heightBefore.current > clientHeight) {
      window.scrollTo({ top: scrollHeight });
    }
    heightBefore.current = scrollHeight;
  }, [text, isGrowing]);
}
