import type { Options } from "minisearch";

/** A part of a page that the search finds. */
export interface SearchEntry {
  /** Its address. */
  readonly id: string;
  readonly page: string;
  readonly heading: string;
  readonly text: string;
}

/** The build writes the index with these, and the page reads it with the same. */
export const SEARCH_OPTIONS: Options<SearchEntry> = {
  fields: ["heading", "page", "text"],
  storeFields: ["page", "heading"],
  searchOptions: { boost: { heading: 4, page: 2 }, prefix: true, fuzzy: 0.15, combineWith: "AND" },
};
