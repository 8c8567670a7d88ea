import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { docsPages, PAGES } from "./build-docs.ts";
import type { DocsPage } from "./docs-page.ts";
import { markdownPage } from "./markdown-page.ts";

const page = (markdown: string) => markdownPage("page", markdown, new Set(["page", "other"]));
const idsOf = ({ html }: DocsPage) => [...html.matchAll(/ id="([^"]*)"/g)].map(([, id = ""]) => id);

describe("the documentation's pages", () => {
  let pages: readonly DocsPage[];
  beforeAll(async () => {
    pages = await docsPages();
  });

  // documented: docs-pages
  test("are the documents for callers and each operation of the API once", async () => {
    expect(pages.map(({ name }) => name).filter((name) => !name.startsWith("api-"))).toEqual([...PAGES]);
    const ids = pages.filter(({ name }) => name.startsWith("api-")).flatMap(idsOf);
    const api = JSON.parse(await readFile(join(import.meta.dirname, "../../docs/openapi.json"), "utf8"));
    const operations = Object.values(api.paths as Record<string, Record<string, { operationId?: string }>>)
      .flatMap((methods) => Object.values(methods))
      .flatMap(({ operationId }) => (operationId === undefined ? [] : [operationId]));
    expect(ids.toSorted()).toEqual(operations.toSorted());
    const found = pages.flatMap(({ entries }) => entries).find(({ id }) => id.endsWith("#createChatCompletion"));
    expect(found?.text, "the search finds an operation by its id").toContain("createChatCompletion");
  });

  test("link only to pages and headings that are there", () => {
    const addresses = new Set(
      pages.flatMap((one) => [`/docs/${one.name}`, ...idsOf(one).map((id) => `/docs/${one.name}#${id}`)]),
    );
    const broken = pages.flatMap(({ name, html }) =>
      [...html.matchAll(/href="([^"]*)"/g)]
        .map(([, href = ""]) => (href.startsWith("#") ? `/docs/${name}${href}` : href))
        .filter((href) => href.startsWith("/") && !addresses.has(href)),
    );
    expect(broken).toEqual([]);
    const entries = pages.flatMap((one) => one.entries);
    expect(entries.map(({ id }) => id).filter((id) => !addresses.has(id))).toEqual([]);
    expect(new Set(entries.map(({ id }) => id)).size).toBe(entries.length);
  });

  test("have one heading of the first level, no id twice, and neither style nor script", () => {
    for (const one of pages) {
      expect(one.html.match(/<h1/g), one.name).toHaveLength(1);
      expect(idsOf(one).length, one.name).toBe(new Set(idsOf(one)).size);
      expect(one.html, one.name).not.toMatch(/<script|<style|style=|\son\w+=/);
      expect(one.lead, one.name).not.toBe("");
    }
  });
});

describe("a page of Markdown", () => {
  test("shows HTML as text, and images by their description", () => {
    const { html } = page("# T\n\n<b onclick=x>bold</b> <script>alert(1)</script>\n\n![chart](x.png)\n");
    expect(html).not.toMatch(/<b|<script|<img/);
    expect(html).toContain("&lt;script&gt;");
    expect(html).toContain("chart");
  });

  test("links documents that are pages, and leaves the text of others", () => {
    const { html } = page(
      "# T\n\n[a](other.md#x) [b](operations.md) [c](https://example.com) [d](javascript:alert(1))\n",
    );
    expect([...html.matchAll(/<a href="([^"]*)"/g)].map(([, href]) => href)).toEqual([
      "/docs/other#x",
      "https://example.com",
    ]);
    expect(html).toContain("b");
  });

  test("is found by each of its headings with the text below it", () => {
    const { entries, lead } = page("# Title\nA lead. More.\n\n## First `part`\none &amp; two\n\n### Deep\nthree\n");
    expect(lead).toBe("A lead.");
    expect(entries).toEqual([
      { id: "/docs/page", page: "Title", heading: "Title", text: "A lead. More." },
      { id: "/docs/page#first-part", page: "Title", heading: "First part", text: "one & two" },
      { id: "/docs/page#deep", page: "Title", heading: "Deep", text: "three" },
    ]);
  });

  test("without a title is refused by its name", () => {
    expect(() => page("text")).toThrow("docs/page.md does not begin with a heading of the first level.");
  });
});
