import { useState } from "react";
import { useStore } from "zustand";
import { Problem } from "../../../components/problem.tsx";
import { useTexts } from "../../../i18n/translate.ts";
import type { ToolCall, ToolResult } from "../conversation/chat-messages.ts";
import type { Conversation } from "../conversation/conversation.ts";
import { readJson } from "../conversation/tools.ts";
import type { Turn } from "../conversation/turn.ts";
import { EDITOR_MESSAGES } from "../editors/editor-messages.ts";
import { useSend } from "../state/use-send.ts";

interface ToolCallsProps {
  readonly projectId: string;
  readonly conversation: Conversation;
  readonly turn: Turn;
  /** Results that were sent in this branch; empty before. */
  readonly answered: readonly ToolResult[];
}

/** The calls that a model asks for, as text, and the fields for their results. */
export default function ToolCalls({ projectId, conversation, turn, answered }: ToolCallsProps) {
  const t = useTexts(EDITOR_MESSAGES);
  const { isSending, error, sendResults } = useSend(projectId, "");
  const [results, setResults] = useState<ReadonlyMap<number, string>>(new Map());
  const isLast = useStore(conversation.store, ({ tip }) => tip === turn.id) && turn.phase === "done";
  const { toolCalls } = turn;
  const send = () => {
    if (isSending) return;
    void sendResults(
      conversation,
      toolCalls.map(({ id }, index) => ({ callId: id, content: results.get(index) ?? "" })),
    );
  };
  return (
    <section className="tool-calls" aria-label={t("calls", { count: toolCalls.length })}>
      <p className="quiet">{t("calls", { count: toolCalls.length })}</p>
      {toolCalls.map((call, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a model may use one id twice
        <div key={`${index} ${call.id}`} className="tool-call">
          <strong translate="no">{call.function.name}</strong>
          <pre className="snippet call-arguments" translate="no">
            <code>{argumentsOf(call)}</code>
          </pre>
          {isLast ? (
            <>
              <label htmlFor={`result-${turn.id}-${index}`}>{t("callResult", { name: call.function.name })}</label>
              <textarea
                id={`result-${turn.id}-${index}`}
                className="mono"
                rows={2}
                spellCheck={false}
                value={results.get(index) ?? ""}
                onChange={({ target }) => setResults(new Map([...results, [index, target.value]]))}
              />
            </>
          ) : (
            <SentResult results={answered} call={call} />
          )}
        </div>
      ))}
      {error === undefined ? undefined : <Problem error={error} />}
      {isLast ? (
        <button type="button" className="button" aria-disabled={isSending} onClick={send}>
          {t("sendResults", { count: toolCalls.length })}
        </button>
      ) : undefined}
    </section>
  );
}

function SentResult({ results, call }: { readonly results: readonly ToolResult[]; readonly call: ToolCall }) {
  const t = useTexts(EDITOR_MESSAGES);
  const result = results.find(({ callId }) => callId === call.id);
  if (result === undefined) return undefined;
  return (
    <>
      <span className="quiet">{t("callResultOf")}</span>
      <pre className="snippet" translate="no">
        <code>{result.content}</code>
      </pre>
    </>
  );
}

/** Indented where it is JSON; as it came where not. */
function argumentsOf({ function: { arguments: text } }: ToolCall): string {
  const read = readJson(text);
  return "value" in read ? JSON.stringify(read.value, undefined, 2) : text;
}
