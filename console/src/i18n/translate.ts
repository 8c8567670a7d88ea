import { createFormatter, createTranslator, type _Translator as Translator } from "use-intl/core";
import type { Locale } from "../preferences/locale.ts";
import { usePreferences } from "../preferences/preferences.ts";
import type { Messages, Texts } from "./messages.ts";
import type { CompiledText, pseudoText } from "./pseudo-locale.ts";

/** The zone in which times are shown, with its name beside them. */
const TIME_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** What makes the texts of `en-XA`, which only tests and developers load. */
let pseudo: typeof pseudoText | undefined;

/** Loads what `en-XA` needs; until then its texts are English. */
export async function loadPseudoLocale(): Promise<void> {
  pseudo = (await import("./pseudo-locale.ts")).pseudoText;
}

const translators = new WeakMap<object, Map<Locale, unknown>>();
const formatters = new Map<Locale, Formatter>();

export type Formatter = ReturnType<typeof createFormatter>;
export type { Translator };

/** The texts of a page in the language that is set: `t("title")`, with values `t("count", { count: 2 })`. */
export function useTexts<English extends Texts>(messages: Messages<English>): Translator<English> {
  const locale = usePreferences(({ locale: chosen }) => chosen);
  return translatorOf(messages, locale);
}

/** Numbers, dates and lists in the language that is set. */
export function useFormatter(): Formatter {
  const locale = usePreferences(({ locale: chosen }) => chosen);
  const known = formatters.get(locale);
  if (known !== undefined) return known;
  const made = createFormatter({ locale: languageOf(locale), timeZone: TIME_ZONE });
  formatters.set(locale, made);
  return made;
}

/** The tag of the language that is set, by which numbers are read. */
export function useLanguage(): string {
  return languageOf(usePreferences(({ locale }) => locale));
}

/** The tag by which browsers and `Intl` know a language of the console. */
export function languageOf(locale: Locale): string {
  return locale === "en-XA" ? "en" : locale;
}

export function translatorOf<English extends Texts>(messages: Messages<English>, locale: Locale): Translator<English> {
  const known = translators.get(messages) ?? new Map<Locale, unknown>();
  translators.set(messages, known);
  const made =
    known.get(locale) ?? createTranslator({ locale: languageOf(locale), messages: textsOf(messages, locale) });
  known.set(locale, made);
  // The keys and placeholders of every language are those of the English texts.
  return made as Translator<English>;
}

function textsOf(messages: Messages<Texts>, locale: Locale): Texts {
  if (locale !== "en-XA") return messages[locale];
  const accented = pseudo;
  if (accented === undefined) return messages.en;
  // The build has compiled the texts, whose types stay those of the source: from them come the names of placeholders.
  const compiled = messages.en as unknown as Readonly<Record<string, CompiledText>>;
  return Object.fromEntries(Object.entries(compiled).map(([key, text]) => [key, accented(text)])) as unknown as Texts;
}
