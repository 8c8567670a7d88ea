import { Fragment, memo } from "react";
import { defineMessages } from "../../i18n/messages.ts";
import { useTexts } from "../../i18n/translate.ts";
import { CopyButton } from "../copy-button.tsx";
import { type Block, parseBlocks } from "./parse-blocks.ts";
import { type Inline, parseInline } from "./parse-inline.ts";

const MESSAGES = defineMessages({ copy: "Copy" }, { copy: "Kopieren" });

/** Quotes and lists inside each other beyond this depth are plain text. */
const MAX_DEPTH = 5;

interface MarkdownProps {
  readonly text: string;
  readonly depth?: number;
}

/**
 * Shows an answer in Markdown. It becomes elements of React and never HTML: markup in it is text, nothing is loaded, and links lead
 * to http, https and mailto alone. Blocks that did not change are not rendered again while an answer streams.
 */
export function Markdown({ text, depth = 0 }: MarkdownProps) {
  if (depth > MAX_DEPTH) return <p>{text}</p>;
  const blocks = parseBlocks(text);
  return (
    <>
      {blocks.map((block, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a block keeps its position while the text grows
        <BlockView key={index} block={block} depth={depth} />
      ))}
    </>
  );
}

interface BlockProps {
  readonly block: Block;
  readonly depth: number;
}

const BlockView = memo(
  ({ block, depth }: BlockProps) => {
    switch (block.kind) {
      case "paragraph":
        return <p>{inlines(block.text)}</p>;
      case "heading":
        // One level for all: an answer's own levels don't fit the page's.
        return <h3 className={`level-${block.level}`}>{inlines(block.text)}</h3>;
      case "code":
        return <CodeBlock language={block.language} text={block.text} />;
      case "quote":
        return (
          <blockquote>
            <Markdown text={block.text} depth={depth + 1} />
          </blockquote>
        );
      case "list":
        return <List block={block} depth={depth} />;
      case "table":
        return <Table head={block.head} rows={block.rows} />;
      case "rule":
        return <hr />;
    }
  },
  (before, after) => JSON.stringify(before.block) === JSON.stringify(after.block),
);

function List({ block, depth }: { readonly block: Extract<Block, { kind: "list" }>; readonly depth: number }) {
  const items = block.items.map((item, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: as above
    <li key={index}>{item.includes("\n") ? <Markdown text={item} depth={depth + 1} /> : inlines(item)}</li>
  ));
  return block.start === undefined ? <ul>{items}</ul> : <ol start={block.start}>{items}</ol>;
}

function CodeBlock({ language, text }: { readonly language: string; readonly text: string }) {
  const t = useTexts(MESSAGES);
  return (
    <div className="answer-code">
      <div className="answer-code-head">
        <span>{language}</span>
        <CopyButton label={t("copy")} text={text} />
      </div>
      <pre>
        <code>{text}</code>
      </pre>
    </div>
  );
}

function Table({ head, rows }: { readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] }) {
  return (
    <table>
      <thead>
        <tr>
          {head.map((cell, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: columns have no names
            <th key={index}>{inlines(cell)}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows have no names
          <tr key={index}>
            {head.map((_, column) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: as above
              <td key={column}>{inlines(row[column] ?? "")}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function inlines(text: string) {
  return elementsOf(parseInline(text));
}

function elementsOf(parts: readonly Inline[]) {
  return parts.map((part, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text have no names
    <Fragment key={index}>{elementOf(part)}</Fragment>
  ));
}

function elementOf(part: Inline) {
  switch (part.kind) {
    case "text":
      return part.text;
    case "code":
      return <code>{part.text}</code>;
    case "strong":
      return <strong>{elementsOf(part.children)}</strong>;
    case "emphasis":
      return <em>{elementsOf(part.children)}</em>;
    case "deleted":
      return <del>{elementsOf(part.children)}</del>;
    case "link":
      return (
        <a href={part.href} target="_blank" rel="noopener noreferrer nofollow">
          {part.text}
        </a>
      );
  }
}
