import type MiniSearch from "minisearch";
import { SEARCH_OPTIONS, type SearchEntry } from "./search-options.ts";

/** Results that are shown. */
const MAX_HITS = 12;

/** The field in the header: its library and the index are loaded once somebody goes there. */
export function startSearch(): void {
  const input = element<HTMLInputElement>("search");
  const results = element("results");
  let index: Promise<MiniSearch<SearchEntry>> | undefined;
  const load = () => {
    // A failed load is tried again with the next letter.
    index ??= loaded().catch((error: unknown) => {
      index = undefined;
      throw error;
    });
    return index;
  };
  const show = async () => {
    const query = input.value.trim();
    results.hidden = query === "";
    if (query === "") return;
    try {
      const found = (await load()).search(query);
      // Another letter may have been typed meanwhile.
      if (query === input.value.trim())
        draw(found.slice(0, MAX_HITS) as unknown as readonly SearchEntry[], found.length);
    } catch {
      draw([], undefined);
    }
  };
  input.addEventListener("focus", () => void load().catch(() => undefined));
  input.addEventListener("input", () => void show());
  const close = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || results.hidden) return;
    input.value = "";
    results.hidden = true;
    input.focus();
  };
  input.parentElement?.addEventListener("keydown", close);
  // A result on this page only moves the page.
  results.addEventListener("click", (event) => {
    if (event.target instanceof HTMLAnchorElement) results.hidden = true;
  });
  input.closest(".docs-by-script")?.classList.remove("docs-by-script");
}

async function loaded(): Promise<MiniSearch<SearchEntry>> {
  const [{ default: Search }, response] = await Promise.all([import("minisearch"), fetch("/docs/search.json")]);
  if (!response.ok) throw new Error(`The index of the search is not there: ${response.status}.`);
  return Search.loadJSON<SearchEntry>(await response.text(), SEARCH_OPTIONS);
}

/** @param count of all results; undefined where the index could not be read */
function draw(hits: readonly SearchEntry[], count: number | undefined): void {
  const items = hits.map(({ id, page, heading }) => {
    const link = document.createElement("a");
    link.href = id;
    link.textContent = heading;
    const item = document.createElement("li");
    item.append(link);
    if (page !== heading) item.append(` ${page}`);
    return item;
  });
  element("hits").replaceChildren(...items);
  element("found").textContent = foundText(hits.length, count);
}

function foundText(shown: number, count: number | undefined): string {
  if (count === undefined) return "The search can't be loaded. Check the connection, and type again.";
  if (count === 0) return "Nothing found.";
  return count > shown ? `${shown} of ${count} results` : `${count} ${count === 1 ? "result" : "results"}`;
}

function element<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`The page has no element ${id}.`);
  return found as T;
}
