type Fields = Readonly<Record<string, unknown>>;

/** A part of a response's text that a web page supports. */
export interface CitedPage {
  readonly url: unknown;
  readonly title: unknown;
  /** Characters of the text before the part, and to its end. */
  readonly start: number;
  readonly end: number;
}

/** Citations in OpenAI's form, which has web pages alone: those of documents in the prompt are left out. */
export function urlCitations(pages: readonly CitedPage[]): readonly Fields[] {
  return pages.flatMap(({ url, title, start, end }) => {
    if (typeof url !== "string" || !/^https?:\/\//.test(url)) return [];
    const named = typeof title === "string" ? title : url;
    return [{ type: "url_citation", url_citation: { start_index: start, end_index: end, url, title: named } }];
  });
}

/** The field of a message or a delta; without any, no field. */
export function annotationsField(citations: readonly Fields[]): { readonly annotations?: readonly Fields[] } {
  return citations.length === 0 ? {} : { annotations: citations };
}
