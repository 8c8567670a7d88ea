import { create } from "zustand";
import type { Locale } from "./locale.ts";
import { LOCALE_ENTRY, setLook, storedLocale, storedTheme, THEME_ENTRY, type Theme } from "./stored.ts";

export interface Preferences {
  readonly theme: Theme;
  readonly locale: Locale;
  readonly setTheme: (theme: Theme) => void;
  readonly setLocale: (locale: Locale) => void;
}

/** What a person likes to see. Stored in the browser; nothing else of the console is. */
export const usePreferences = create<Preferences>()((set) => ({
  theme: storedTheme(),
  locale: storedLocale(),
  setTheme: (theme) => {
    store(THEME_ENTRY, theme);
    set({ theme });
  },
  setLocale: (locale) => {
    store(LOCALE_ENTRY, locale);
    set({ locale });
  },
}));

/** Sets theme and language of the document with each change. */
export function followPreferences(root: HTMLElement): void {
  usePreferences.subscribe((preferences) => setLook(root, preferences));
}

/** As with reading, a browser may refuse it. */
function store(entry: string, value: string): void {
  try {
    localStorage.setItem(entry, value);
  } catch {
    // The preference lasts as long as the page.
  }
}
