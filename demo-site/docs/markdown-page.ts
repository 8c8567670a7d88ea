import { lexer, type MarkedOptions, Parser, Renderer, type Tokens } from "marked";
import type { SearchEntry } from "../src/docs/search-options.ts";
import { type DocsPage, escaped, scrolled, slugOf, textOf } from "./docs-page.ts";

/** Characters of a lead. */
const MAX_LEAD = 160;

/** Draws headings with ids, tables that scroll, and links to pages that are here. HTML inside of Markdown is text. */
class PageRenderer extends Renderer {
  readonly #names: ReadonlySet<string>;
  readonly #used = new Map<string, number>();
  #heading = "";

  constructor(names: ReadonlySet<string>) {
    super();
    this.#names = names;
  }

  override heading({ tokens, depth }: Tokens.Heading): string {
    const html = this.parser.parseInline(tokens);
    this.#heading = textOf(html);
    return `<h${depth} id="${slugOf(this.#heading)}">${html}</h${depth}>\n`;
  }

  override table(token: Tokens.Table): string {
    const columns = token.header.map(({ tokens }) => textOf(this.parser.parseInline(tokens))).join(", ");
    return scrolled(super.table(token), this.#labelled(`${this.#heading}: ${columns}`));
  }

  /** A header without text is a cell like others, as the corner of a matrix is. */
  override tablecell(token: Tokens.TableCell): string {
    return super.tablecell(token.text.trim() === "" ? { ...token, header: false } : token);
  }

  override code({ text }: Tokens.Code): string {
    return `<pre tabindex="0" role="region" aria-label="${escaped(this.#labelled(`Code: ${this.#heading}`))}"><code>${escaped(text)}</code></pre>\n`;
  }

  /** Regions of a page have different names. */
  #labelled(name: string): string {
    const count = (this.#used.get(name) ?? 0) + 1;
    this.#used.set(name, count);
    return count === 1 ? name : `${name} (${count})`;
  }

  override html({ text }: Tokens.HTML | Tokens.Tag): string {
    return escaped(text);
  }

  override image({ text }: Tokens.Image): string {
    return escaped(text);
  }

  /** Documents that are for operators alone are no pages here. */
  override link({ href, tokens }: Tokens.Link): string {
    const html = this.parser.parseInline(tokens);
    const [, name, hash = ""] = /^([\w-]+)\.md(#[\w-]+)?$/.exec(href) ?? [];
    if (name !== undefined) return this.#names.has(name) ? `<a href="/docs/${name}${hash}">${html}</a>` : html;
    return /^(https:\/\/|#|\/)/.test(href) ? `<a href="${escaped(href)}">${html}</a>` : html;
  }
}

/** A document as a page. @param names of all pages @throws where it does not begin with its title */
export function markdownPage(name: string, markdown: string, names: ReadonlySet<string>): DocsPage {
  const options: MarkedOptions = { gfm: true, renderer: new PageRenderer(names) };
  const tokens = lexer(markdown, { gfm: true });
  const [first] = tokens;
  if (first?.type !== "heading" || first.depth !== 1)
    throw new Error(`docs/${name}.md does not begin with a heading of the first level.`);
  const title = first.text as string;
  const html = Parser.parse(tokens, options);
  const paragraph = tokens.find(({ type }) => type === "paragraph");
  const lead = textOf(Parser.parse(paragraph === undefined ? [] : [paragraph], options));
  return { name, title, lead: firstSentence(lead), html, entries: entriesOf(name, title, html) };
}

/** One entry for each heading with the text below it. */
function entriesOf(name: string, title: string, html: string): readonly SearchEntry[] {
  return html.split(/(?=<h[123] id=")/).map((section) => {
    const [, hash = "", heading = ""] = /^<h[123] id="([^"]*)">(.*?)<\/h[123]>/s.exec(section) ?? [];
    const own = textOf(heading);
    const path = own === title ? `/docs/${name}` : `/docs/${name}#${hash}`;
    return { id: path, page: title, heading: own, text: textOf(section.replace(/^<h.*?<\/h[123]>/s, "")) };
  });
}

function firstSentence(text: string): string {
  const [sentence = ""] = /^.*?[.:](?= |$)/.exec(text) ?? [text];
  return sentence.length <= MAX_LEAD ? sentence : `${sentence.slice(0, MAX_LEAD).replace(/\s\S*$/, "")} …`;
}
