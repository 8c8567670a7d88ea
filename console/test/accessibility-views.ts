/** Width in pixels, theme and language with which each page is looked at. */
export const ACCESSIBILITY_VIEWS = [
  [320, "dark", "de"],
  [768, "light", "en"],
  [1440, "dark", "en-XA"],
] as const;
