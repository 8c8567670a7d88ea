/** Languages of the console. `en-XA` shows English with accents and brackets: what has none is hard-coded. */
export const LOCALES = ["en", "de", "en-XA"] as const;
export type Locale = (typeof LOCALES)[number];

/** Languages that people choose from, by their own names. */
export const LANGUAGES = [
  { locale: "en", name: "English" },
  { locale: "de", name: "Deutsch" },
] as const satisfies readonly { readonly locale: Locale; readonly name: string }[];

/** The language of the console that comes first in a browser's list. @param preferred e.g. `navigator.languages` */
export function localeOf(preferred: readonly string[]): Locale {
  for (const language of preferred) {
    const found = LANGUAGES.find(({ locale }) => language === locale || language.startsWith(`${locale}-`));
    if (found !== undefined) return found.locale;
  }
  return "en";
}
