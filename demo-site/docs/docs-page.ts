import type { SearchEntry } from "../src/docs/search-options.ts";

/** A page of the documentation. */
export interface DocsPage {
  /** `/docs/<name>`. */
  readonly name: string;
  readonly title: string;
  /** What it is about, for the list of pages and for search engines. */
  readonly lead: string;
  /** With an h1. */
  readonly html: string;
  readonly entries: readonly SearchEntry[];
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const CHARACTERS: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(ENTITIES).map(([character, entity]) => [entity, character]),
);

export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/** The text of HTML that this build has made. */
export function textOf(html: string): string {
  return html
    .replace(/<[^>]*>/g, " ")
    .replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => CHARACTERS[entity] ?? entity)
    .replace(/\s+/g, " ")
    .trim();
}

/** A heading's id, e.g. `errors-and-headers`. */
export function slugOf(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
}

/** A table that scrolls by itself where it is wider than the window, for the keyboard too. */
export function scrolled(table: string, name: string): string {
  return `<div class="docs-table" role="region" tabindex="0" aria-label="${escaped(name)}">${table}</div>`;
}
