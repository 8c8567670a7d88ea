import { type RefObject, useLayoutEffect, useRef } from "react";

/** How far below the window's edge the end may be for a reader to count as following, in px. */
const NEAR_PX = 80;

/**
 * Scrolls with the end of a growing response while it is in view; a visitor who scrolled away is not disturbed.
 */
export function useFollowEnd(pane: RefObject<HTMLElement | null>, text: string, isGrowing: boolean): void {
  const bottomBefore = useRef(Number.POSITIVE_INFINITY);
  const scrollBefore = useRef(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs for every piece of text, though it reads the page only
  useLayoutEffect(() => {
    const end = pane.current?.lastElementChild;
    if (end === null || end === undefined) return;
    // Where the end was before this text came, in today's scroll position.
    const before = bottomBefore.current - (window.scrollY - scrollBefore.current);
    if (isGrowing && before < window.innerHeight + NEAR_PX) end.scrollIntoView({ block: "nearest" });
    bottomBefore.current = end.getBoundingClientRect().bottom;
    scrollBefore.current = window.scrollY;
  }, [pane, text, isGrowing]);
}

/** Brings the response's beginning into view where it is out of it: above, or below on a narrow screen. */
export function showResponse(pane: HTMLElement | null): void {
  const top = pane?.getBoundingClientRect().top ?? 0;
  if (top < 0 || top > window.innerHeight * 0.6) pane?.scrollIntoView({ block: "start" });
}
