import {
  type InfiniteData,
  infiniteQueryOptions,
  type Query,
  useInfiniteQuery,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";
import { lazy, Suspense, useCallback, useEffect, useState, useSyncExternalStore } from "react";
import { announce } from "../../components/announcer.tsx";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { Loading } from "../../components/loading.tsx";
import { Problem } from "../../components/problem.tsx";

const ListSearch = lazy(() => import("./list-search.tsx"));

interface Page<Item> {
  readonly data: readonly Item[];
  readonly has_more: boolean;
  readonly last_id: string | null;
}

/** Where a page of a list begins, and how long it is. */
export interface PageQuery {
  readonly limit: number;
  readonly after?: string;
}

const PAGE_SIZE = 50;
/** Between two readings of a list while the service goes on with an item. */
const CHANGING_MS = 10_000;

/** For so long a list is there when its page is opened again: what a search of many requests has found, and how far it came. */
const GONE_MS = 1_800_000;

/** A list of the control API, page by page. */
function pagesOf<Item>(
  queryKey: readonly string[],
  read: (query: PageQuery, signal: AbortSignal) => Promise<Page<Item>>,
) {
  return infiniteQueryOptions({
    queryKey: ["admin", ...queryKey],
    queryFn: ({ pageParam, signal }) =>
      read({ limit: PAGE_SIZE, ...(pageParam === "" ? {} : { after: pageParam }) }, signal),
    initialPageParam: "",
    getNextPageParam: ({ has_more, last_id }) => (has_more ? last_id : null),
    gcTime: GONE_MS,
  });
}

type ListState = Query<InfiniteData<Page<unknown>, string>>["state"];

/** The search that was stopped last: it is so when its page is opened again. */
let lastStopped = "";

/** Whether the pages of a list that the service filters were read in search of items: some have none. */
function isSearched({ data }: ListState): boolean {
  return data?.pages.some((page) => page.data.length === 0 && page.has_more) ?? false;
}

interface AdminListProps<Item> {
  readonly queryKey: readonly string[];
  readonly read: (query: PageQuery, signal: AbortSignal) => Promise<Page<Item>>;
  readonly label: string;
  readonly columns: readonly Column<Item>[];
  /** Shown in place of a list without rows. */
  readonly empty: string;
  /** Whether the service goes on with an item by itself: the list is read again until none is. @default - it does with none */
  readonly isChanging?: (item: Item) => boolean;
}

/** A list of any length by the service's cursor, with its states. */
export function AdminList<Item extends { readonly id: string }>(props: AdminListProps<Item>) {
  const { queryKey, read, label, columns, empty, isChanging = () => false } = props;
  const list = useInfiniteQuery({
    ...pagesOf(queryKey, read),
    refetchInterval: ({ state }) =>
      state.data?.pages.some(({ data }) => data.some(isChanging)) === true ? CHANGING_MS : false,
    // A search of many pages is not begun again because somebody looks at it, or comes back to it; a change here is a reason.
    refetchOnWindowFocus: ({ state }) => !isSearched(state),
    refetchOnMount: ({ state }) => state.isInvalidated || !isSearched(state),
  });
  const { fetchNextPage } = list;
  const loadMore = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  const rows = list.data?.pages.flatMap(({ data }) => data) ?? [];
  // Pages without items, of a list that the service filters, have a next one.
  const isSearching = rows.length === 0 && list.hasNextPage && list.error === null;
  const [stopped, setStopped] = useState(lastStopped);
  // Another filter is another search.
  const search = queryKey.join("/");
  const isStopped = stopped === search;
  const stop = (now: string) => {
    lastStopped = now;
    setStopped(now);
  };
  useEffect(() => {
    if (isSearching && !isStopped && !list.isFetching) loadMore();
  }, [isSearching, isStopped, list.isFetching, loadMore]);
  if (list.isPending) return <Loading />;
  if (isSearching)
    return (
      <Suspense fallback={<Loading />}>
        <ListSearch isStopped={isStopped} onStop={() => stop(search)} onGoOn={() => stop("")} />
      </Suspense>
    );
  return (
    <>
      {list.error === null ? undefined : <Problem error={list.error} onRetry={() => void list.refetch()} />}
      {rows.length === 0 && list.isSuccess ? (
        <section className="empty">
          <p>{empty}</p>
        </section>
      ) : undefined}
      {rows.length === 0 ? undefined : (
        <DataTable
          label={label}
          columns={columns}
          rows={rows}
          idOf={({ id }) => id}
          hasMore={list.hasNextPage}
          isLoadingMore={list.isFetchingNextPage}
          loadMore={loadMore}
        />
      )}
    </>
  );
}

/** Whether the first page of a list was read, or failed. What stands below the list comes then: its rows would move it. */
export function useIsListed(queryKey: readonly string[]): boolean {
  const queries = useQueryClient();
  const cache = queries.getQueryCache();
  return useSyncExternalStore(
    (onChange) => cache.subscribe(onChange),
    () => (queries.getQueryState(["admin", ...queryKey])?.status ?? "pending") !== "pending",
  );
}

/** A change, after which lists are read again and the message is announced. */
export function useChange<Input>(change: (input: Input) => Promise<unknown>, message: string, done?: () => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: async () => {
      announce(message);
      done?.();
      await Promise.all([
        queries.invalidateQueries({ queryKey: ["admin"] }),
        queries.invalidateQueries({ queryKey: ["projects"] }),
      ]);
    },
  });
}
