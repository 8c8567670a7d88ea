import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import MiniSearch from "minisearch";
import { type BuiltFile, buildPage } from "../../ui/build-page.ts";
import { SEARCH_OPTIONS, type SearchEntry } from "../src/docs/search-options.ts";
import { type DocsPage, escaped } from "./docs-page.ts";
import { markdownPage } from "./markdown-page.ts";
import type { OpenApi } from "./openapi-schema.ts";
import { referencePages } from "./reference-pages.ts";

/** Documents for those who call the API, in the order of the navigation. */
export const PAGES = [
  "quick-start",
  "clients",
  "keys",
  "limits-of-use",
  "errors",
  "batches",
  "caching",
  "websocket",
  "dialects",
] as const;

/** The repository's documents, and the API's description, which a test keeps equal to the contracts. */
const DOCS = join(import.meta.dirname, "../../docs");
const TITLE = "Documentation";

/**
 * Adds the documentation to the built page: `docs.html`, `docs/<name>.html` for each document and group of operations, and
 * `docs/search.json`. All pages are HTML without script; the script adds the search and the service's address.
 */
export async function buildDocs(root: string, outDir: string): Promise<readonly BuiltFile[]> {
  const files = await buildPage({
    root,
    base: "/",
    outDir,
    input: "docs.html",
    isAdded: true,
    groups: [{ name: "minisearch", test: /node_modules\/minisearch/ }],
  });
  const template = await readFile(join(outDir, "docs.html"), "utf8");
  const pages = await docsPages();
  await mkdir(join(outDir, "docs"), { recursive: true });
  const start = startPage(pages);
  await writeFile(join(outDir, "docs.html"), drawn(template, start, pages));
  for (const page of pages) await writeFile(join(outDir, "docs", `${page.name}.html`), drawn(template, page, pages));
  const search = new MiniSearch<SearchEntry>(SEARCH_OPTIONS);
  search.addAll(pages.flatMap(({ entries }) => entries));
  await writeFile(join(outDir, "docs/search.json"), JSON.stringify(search));
  return files;
}

/** @throws where a document is missing, or two entries of the search have one address */
export async function docsPages(): Promise<readonly DocsPage[]> {
  const names = new Set<string>(PAGES);
  const documents = await Promise.all(
    PAGES.map(async (name) => markdownPage(name, await readFile(join(DOCS, `${name}.md`), "utf8"), names)),
  );
  const api = JSON.parse(await readFile(join(DOCS, "openapi.json"), "utf8")) as OpenApi;
  return [...documents, ...referencePages(api)];
}

function startPage(pages: readonly DocsPage[]): Pick<DocsPage, "name" | "title" | "lead" | "html"> {
  const list = pages
    .map(({ name, title, lead }) => `<li><a href="/docs/${name}">${escaped(title)}</a><br />${escaped(lead)}</li>`)
    .join("");
  const lead = "How to call this service, what its limits and errors mean, and every operation of its API.";
  return { name: "", title: TITLE, lead, html: `<h1>${TITLE}</h1><p>${lead}</p><ul>${list}</ul>` };
}

function drawn(
  template: string,
  { name, title, lead, html }: Pick<DocsPage, "name" | "title" | "lead" | "html">,
  pages: readonly DocsPage[],
): string {
  const links = pages
    .map((page) => {
      const current = page.name === name ? ' aria-current="page"' : "";
      return `<li><a href="/docs/${page.name}"${current}>${escaped(page.title)}</a></li>`;
    })
    .join("");
  const parts: Readonly<Record<string, string>> = {
    title: title === TITLE ? TITLE : `${escaped(title)} – ${TITLE}`,
    description: escaped(lead),
    content: html,
    navigation: `<ul>${links}</ul>`,
  };
  return template.replace(/\{\{(\w+)\}\}/g, (_, part: string) => parts[part] ?? "");
}
