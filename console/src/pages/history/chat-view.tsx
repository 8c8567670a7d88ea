import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { Chat } from "../../../../contracts/history/chats.ts";
import { ApiError } from "../../api/api-error.ts";
import { announce } from "../../components/announcer.tsx";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import { DateTime } from "../../components/date-time.tsx";
import { Loading } from "../../components/loading.tsx";
import { Problem } from "../../components/problem.tsx";
import { useFormatter, useTexts } from "../../i18n/translate.ts";
import { saveFile } from "../../lib/save-file.ts";
import { chatQuery, playedQuery, useDeleteChat } from "./chat-queries.ts";
import { readEvents } from "./chats-api.ts";
import { MessageList } from "./message-list.tsx";
import { MESSAGES } from "./messages.ts";
import { OpenContent } from "./open-content.tsx";
import { Playback } from "./playback.tsx";

interface ChatViewProps {
  readonly id: string;
  /** Played beside it. */
  readonly otherId: string | undefined;
  readonly projectId: string | undefined;
}

/** One generation: its figures, its messages, and how it was sent. */
export function ChatView({ id, otherId, projectId }: ChatViewProps) {
  const t = useTexts(MESSAGES);
  const chat = useQuery(chatQuery(id));
  return (
    <>
      <p>
        <Link to="/history" search={({ chat: _chat, with: _with, ...rest }) => rest}>
          {t("back")}
        </Link>
      </p>
      {chat.isPending ? <Loading /> : undefined}
      {chat.error === null ? undefined : (
        <ClosedOrProblem error={chat.error} projectId={projectId} retry={() => void chat.refetch()} />
      )}
      {chat.data === undefined ? undefined : <Opened chat={chat.data} otherId={otherId} projectId={projectId} />}
    </>
  );
}

interface ClosedOrProblemProps {
  readonly error: Error;
  readonly projectId: string | undefined;
  readonly retry: () => void;
}

function ClosedOrProblem({ error, projectId, retry }: ClosedOrProblemProps) {
  if (error instanceof ApiError && error.kind === "forbidden" && projectId !== undefined)
    return <OpenContent projectId={projectId} onOpened={retry} />;
  return <Problem error={error} onRetry={retry} />;
}

interface OpenedProps {
  readonly chat: Chat;
  readonly otherId: string | undefined;
  readonly projectId: string | undefined;
}

function Opened({ chat, otherId, projectId }: OpenedProps) {
  const t = useTexts(MESSAGES);
  const isErased = chat.messages === null;
  const played = useQuery({
    ...playedQuery(otherId === undefined ? [chat.id] : [chat.id, otherId]),
    enabled: !isErased,
  });
  return (
    <>
      <Figures chat={chat} />
      <Actions chat={chat} isErased={isErased} />
      <h2>{t("conversation")}</h2>
      <MessageList messages={chat.messages ?? null} />
      {isErased ? undefined : <h2>{t("playback")}</h2>}
      {played.isLoading ? <Loading /> : undefined}
      {played.error === null ? undefined : (
        <ClosedOrProblem error={played.error} projectId={projectId} retry={() => void played.refetch()} />
      )}
      {played.data === undefined ? undefined : (
        <Playback key={played.data.map(({ chat: { id } }) => id).join(" ")} played={played.data} />
      )}
    </>
  );
}

function Figures({ chat }: { readonly chat: Chat }) {
  const t = useTexts(MESSAGES);
  const format = useFormatter();
  const milliseconds = (ms: number) => t("milliseconds", { value: format.number(ms, { maximumFractionDigits: 0 }) });
  const data = (text: string) => <code translate="no">{text}</code>;
  const figures = [
    [t("created"), <DateTime key="at" seconds={chat.created_at} />],
    [t("model"), data(chat.model)],
    [t("target"), chat.target === null ? undefined : data(chat.target)],
    [t("promptTokens"), format.number(chat.input_tokens)],
    [t("answerTokens"), format.number(chat.output_tokens)],
    [t("firstToken"), chat.first_token_ms === null ? undefined : milliseconds(chat.first_token_ms)],
    [t("duration"), milliseconds(chat.duration_ms)],
    [t("status"), format.number(chat.status)],
    [t("endpoint"), data(chat.endpoint)],
    [t("owner"), chat.owner_id === null ? undefined : data(chat.owner_id)],
    [t("key"), data(chat.api_key_id)],
    [t("request"), data(chat.request_id)],
  ] as const;
  return (
    <dl className="figures">
      {figures.map(([name, value]) =>
        value === undefined ? undefined : (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ),
      )}
    </dl>
  );
}

function Actions({ chat, isErased }: { readonly chat: Chat; readonly isErased: boolean }) {
  const t = useTexts(MESSAGES);
  const navigate = useNavigate();
  const [isDeleting, setDeleting] = useState(false);
  const [error, setError] = useState<unknown>();
  const deletion = useDeleteChat(chat.id, () => {
    announce(t("deleted"));
    void navigate({ to: "/history", search: ({ chat: _chat, with: _with, ...rest }) => rest });
  });
  const save = async () => {
    setError(undefined);
    try {
      const bytes = await readEvents(chat.id);
      saveFile(`${chat.id}.${chat.stream ? "sse" : "json"}`, new Blob([bytes]));
    } catch (failure) {
      setError(failure);
    }
  };
  return (
    <>
      <div className="row-actions">
        {isErased ? undefined : (
          <>
            <button type="button" className="button" onClick={() => void save()}>
              {t("download", { kind: chat.stream ? ".sse" : ".json" })}
            </button>
            <Link to="/history" className="button" search={({ chat: _, ...rest }) => ({ ...rest, with: chat.id })}>
              {t("compare")}
            </Link>
          </>
        )}
        <button type="button" className="button danger" onClick={() => setDeleting(true)}>
          {t("delete")}
        </button>
      </div>
      {error === undefined ? undefined : <Problem error={error} onRetry={() => void save()} />}
      {isDeleting ? (
        <ConfirmDialog
          title={t("deleteTitle")}
          text={t("deleteText")}
          action={t("delete")}
          change={deletion}
          onClose={() => setDeleting(false)}
        />
      ) : undefined}
    </>
  );
}
