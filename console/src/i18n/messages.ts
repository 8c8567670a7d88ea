/** Texts of one language, in ICU's message format, by their keys. */
export type Texts = Readonly<Record<string, string>>;

/** The texts of a page or a component in every language of the console. A language without one of the texts does not compile. */
export interface Messages<English extends Texts> {
  readonly en: English;
  readonly de: { readonly [Key in keyof English]: string };
}

/** @param en English, whose placeholders are those of the other languages too */
export function defineMessages<const English extends Texts>(
  en: English,
  de: { readonly [Key in keyof English]: string },
): Messages<English> {
  return { en, de };
}
