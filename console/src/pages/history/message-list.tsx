import type { Chat } from "../../../../contracts/history/chats.ts";
import { isRecord } from "../../../../lib/is-record.ts";
import { Markdown } from "../../components/markdown/markdown.tsx";
import { useTexts } from "../../i18n/translate.ts";
import { MESSAGES } from "./messages.ts";

/** A longer text is shown without Markdown. */
const MAX_MARKDOWN = 100_000;

/** What was written and responded, in the order of the conversation. */
export function MessageList({ messages }: Pick<Chat, "messages">) {
  const t = useTexts(MESSAGES);
  if (messages === null || messages === undefined) return <p className="notice">{t("erased")}</p>;
  return (
    <ol className="messages">
      {messages.map(({ role, content }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: stored messages have no ids and don't change
        <li key={index} className={role === "assistant" ? "message answer" : "message"}>
          <span className="message-role" translate="no">
            {role}
          </span>
          <Content content={content} isMarkdown={role === "assistant"} />
        </li>
      ))}
    </ol>
  );
}

function Content({ content, isMarkdown }: { readonly content: unknown; readonly isMarkdown: boolean }) {
  const t = useTexts(MESSAGES);
  if (content === null || content === undefined || content === "") return <p className="quiet">{t("noText")}</p>;
  if (Array.isArray(content))
    return content.map((part: unknown, index) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: as above
      <Content key={index} content={part} isMarkdown={isMarkdown} />
    ));
  const text = isRecord(content) ? content.text : content;
  if (typeof text !== "string") return <Data value={content} />;
  if (isMarkdown && text.length <= MAX_MARKDOWN)
    return (
      <div className="answer" translate="no">
        <Markdown text={text} />
      </div>
    );
  return (
    <p className="message-text" translate="no">
      {text}
    </p>
  );
}

/** Parts that are no text: tool calls, results, images. */
function Data({ value }: { readonly value: unknown }) {
  return (
    <pre className="snippet" translate="no">
      {JSON.stringify(value, shortened, 2)}
    </pre>
  );
}

/** Images and files are data of megabytes in a text. */
function shortened(_: string, value: unknown): unknown {
  return typeof value === "string" && value.length > 2_000 ? `${value.slice(0, 2_000).toWellFormed()}…` : value;
}
