/** Of the element that shows the early page. */
export const EARLY_ID = "early";

/** Has the button of the account in the early page remember that it was pressed. */
export function takePress(button: Element | null): void {
  button?.addEventListener("click", () => {
    button.ariaExpanded = String(button.ariaExpanded === "false");
  });
}

/**
 * Ends the early page: what it showed is there now, or the reason why it can't be. The page's button of the account has the focus and the
 * press of the early one.
 */
export function endEarlyPage(): void {
  const page = document.getElementById(EARLY_ID);
  const early = page?.querySelector("[data-part=account]");
  const hasFocus = early === document.activeElement;
  page?.remove();
  // The only button of the frame that opens a popover.
  const button = early && document.querySelector<HTMLElement>("[popovertarget]");
  if (hasFocus) button?.focus();
  if (early?.ariaExpanded === "true") button?.click();
}
