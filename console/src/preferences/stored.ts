import { LOCALES, type Locale, localeOf } from "./locale.ts";

export const THEMES = ["dark", "light", "system"] as const;
export type Theme = (typeof THEMES)[number];

/** Entries of the browser's storage. */
export const THEME_ENTRY = "sluice.theme";
export const LOCALE_ENTRY = "sluice.locale";

/** The theme that was chosen here before. @default "dark" */
export function storedTheme(): Theme {
  return THEMES.find((theme) => theme === stored(THEME_ENTRY)) ?? "dark";
}

/** The language that was chosen here before. @default - the browser's */
export function storedLocale(): Locale {
  return LOCALES.find((locale) => locale === stored(LOCALE_ENTRY)) ?? localeOf(navigator.languages);
}

/** Sets theme and language of the document. */
export function setLook(
  root: HTMLElement,
  { theme, locale }: { readonly theme: Theme; readonly locale: Locale },
): void {
  root.dataset.theme = theme;
  root.lang = locale;
}

/** A browser may refuse its storage; a preference then lasts as long as the page. */
function stored(entry: string): string | null {
  try {
    return localStorage.getItem(entry);
  } catch {
    return null;
  }
}
