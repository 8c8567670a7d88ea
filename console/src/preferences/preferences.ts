import { create } from "zustand";
import { LOCALES, type Locale, localeOf } from "./locale.ts";

export const THEMES = ["dark", "light", "system"] as const;
export type Theme = (typeof THEMES)[number];

export interface Preferences {
  readonly theme: Theme;
  readonly locale: Locale;
  readonly setTheme: (theme: Theme) => void;
  readonly setLocale: (locale: Locale) => void;
}

const THEME_ENTRY = "sluice.theme";
const LOCALE_ENTRY = "sluice.locale";

/** What a person likes to see. Stored in the browser; nothing else of the console is. */
export const usePreferences = create<Preferences>()((set) => ({
  theme: THEMES.find((theme) => theme === stored(THEME_ENTRY)) ?? "dark",
  locale: LOCALES.find((locale) => locale === stored(LOCALE_ENTRY)) ?? localeOf(navigator.languages),
  setTheme: (theme) => {
    store(THEME_ENTRY, theme);
    set({ theme });
  },
  setLocale: (locale) => {
    store(LOCALE_ENTRY, locale);
    set({ locale });
  },
}));

/** Sets theme and language of the document, now and with each change. */
export function followPreferences(root: HTMLElement): void {
  const apply = ({ theme, locale }: Preferences) => {
    root.dataset.theme = theme;
    root.lang = locale;
  };
  apply(usePreferences.getState());
  usePreferences.subscribe(apply);
}

/** A browser may refuse its storage; a preference then lasts as long as the page. */
function stored(entry: string): string | null {
  try {
    return localStorage.getItem(entry);
  } catch {
    return null;
  }
}

function store(entry: string, value: string): void {
  try {
    localStorage.setItem(entry, value);
  } catch {
    // As above.
  }
}
