/** Of the element that shows the early page. */
export const EARLY_ID = "early";

/** Ends the early page: what it showed is there now, or the reason why it can't be. */
export function endEarlyPage(): void {
  document.getElementById(EARLY_ID)?.remove();
}
