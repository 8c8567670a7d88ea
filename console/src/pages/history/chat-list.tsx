import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useState } from "react";
import { ApiError } from "../../api/api-error.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { DateTime } from "../../components/date-time.tsx";
import { Loading } from "../../components/loading.tsx";
import { Problem } from "../../components/problem.tsx";
import { useFormatter, useTexts } from "../../i18n/translate.ts";
import type { ChatFilter, ChatRow } from "./chats-api.ts";
import { chatsQuery } from "./list-query.ts";
import { MESSAGES } from "./messages.ts";

// Its form is needed by those who search the content of others.
const OpenContent = lazy(async () => ({ default: (await import("./open-content.tsx")).OpenContent }));

/** Pages without a row after which the search stops until somebody wants more of it. */
const EMPTY_PAGES = 3;

/** The generations of a filter, the newest first. */
export function ChatList({ filter }: { readonly filter: ChatFilter }) {
  const t = useTexts(MESSAGES);
  const list = useInfiniteQuery(chatsQuery(filter));
  const { fetchNextPage } = list;
  const loadMore = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  const [searched, setSearched] = useState(0);
  const columns = useColumns(filter.project === undefined);
  if (list.isPending) return <Loading />;
  const pages = list.data?.pages ?? [];
  const rows = pages.flatMap((page) => page.rows);
  // A page has no row where nothing of what was read matches; reading on is left to whoever searches.
  const empty = pages.length - 1 - pages.findLastIndex((page) => page.rows.length > 0);
  const isPaused = list.hasNextPage && empty >= EMPTY_PAGES && pages.length > searched;
  if (list.error !== null && rows.length === 0)
    return <ListProblem error={list.error} filter={filter} retry={() => void list.refetch()} />;
  return (
    <>
      {list.error === null ? undefined : <Problem error={list.error} onRetry={() => void list.fetchNextPage()} />}
      {rows.length === 0 && !list.hasNextPage ? (
        <Empty title={t("emptyTitle")} text={isFiltered(filter) ? t("emptyFiltered") : t("empty")} />
      ) : (
        <DataTable
          label={t("list")}
          columns={columns}
          rows={rows}
          idOf={({ id }) => id}
          hasMore={list.hasNextPage && !isPaused && list.error === null}
          isLoadingMore={list.isFetchingNextPage}
          loadMore={loadMore}
        />
      )}
      {isPaused ? (
        <div className="notice">
          <p>{t("searchPaused")}</p>
          <button
            type="button"
            className="button"
            onClick={() => {
              setSearched(pages.length + EMPTY_PAGES);
              loadMore();
            }}
          >
            {t("searchOn")}
          </button>
        </div>
      ) : undefined}
    </>
  );
}

function useColumns(isOwn: boolean): readonly Column<ChatRow>[] {
  const t = useTexts(MESSAGES);
  const format = useFormatter();
  return [
    {
      id: "created",
      header: t("created"),
      cell: ({ id, created_at }) => (
        <Link to="/history" search={(now) => ({ ...now, chat: id })}>
          <DateTime seconds={created_at} />
        </Link>
      ),
    },
    isOwn
      ? {
          id: "prompt",
          header: t("prompt"),
          width: "minmax(0, 2.5fr)",
          cell: ({ preview }) => <span translate="no">{preview ?? ""}</span>,
        }
      : {
          id: "owner",
          header: t("owner"),
          width: "minmax(0, 1.5fr)",
          cell: ({ owner_id, api_key_id }) => <code translate="no">{owner_id ?? api_key_id}</code>,
        },
    { id: "model", header: t("model"), cell: ({ model }) => <span translate="no">{model}</span> },
    {
      id: "tokens",
      header: t("tokens"),
      cell: ({ input_tokens, output_tokens }) => (
        <span translate="no">
          {format.number(input_tokens)} + {format.number(output_tokens)}
        </span>
      ),
    },
    {
      id: "duration",
      header: t("duration"),
      cell: ({ duration_ms }) =>
        t("seconds", {
          value: format.number(duration_ms / 1000, { minimumFractionDigits: 1, maximumFractionDigits: 1 }),
        }),
    },
    { id: "kind", header: t("kind"), cell: (row) => t(kindOf(row)) },
  ];
}

function kindOf({ aborted, batch, stream }: ChatRow) {
  if (aborted) return "aborted";
  if (batch) return "batch";
  return stream ? "streamed" : "whole";
}

interface ListProblemProps {
  readonly error: Error;
  readonly filter: ChatFilter;
  readonly retry: () => void;
}

/** Settings and roles under which there is nothing to see are no faults. */
function ListProblem({ error, filter, retry }: ListProblemProps) {
  const t = useTexts(MESSAGES);
  const kind = error instanceof ApiError ? error.kind : undefined;
  if (kind === "missing") return <Empty title={t("offTitle")} text={t("off")} />;
  if (kind === "forbidden" && filter.project !== undefined)
    return filter.q === undefined ? (
      <Empty title={t("forbiddenTitle")} text={t("forbidden")} />
    ) : (
      <Suspense fallback={<Loading />}>
        <OpenContent projectId={filter.project} onOpened={retry} />
      </Suspense>
    );
  return <Problem error={error} onRetry={retry} />;
}

function Empty({ title, text }: { readonly title: string; readonly text: string }) {
  return (
    <section className="empty">
      <h2>{title}</h2>
      <p>{text}</p>
    </section>
  );
}

function isFiltered({ q, model, key }: ChatFilter): boolean {
  return q !== undefined || model !== undefined || key !== undefined;
}
