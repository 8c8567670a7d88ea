import { useInfiniteQuery } from "@tanstack/react-query";
import { defineMessages } from "../i18n/messages.ts";
import { useFormatter, useTexts } from "../i18n/translate.ts";

const MESSAGES = defineMessages(
  {
    part: "The first {count} are listed.",
    more: "List more",
  },
  {
    part: "In der Liste stehen die ersten {count}.",
    more: "Mehr auflisten",
  },
);

/** Items of a page of choices: the most that the service sends at once. */
const PAGE_SIZE = 100;

interface Page<Item> {
  readonly data: readonly Item[];
  readonly has_more: boolean;
  readonly last_id: string | null;
}

/** What one may choose from, as far as it was read. */
export interface Choices<Item> {
  readonly items: readonly Item[];
  readonly error: Error | null;
  readonly hasMore: boolean;
  readonly readMore: () => void;
}

interface ChoicesOptions<Item> {
  /** Lists of the same key are read once. */
  readonly queryKey: readonly string[];
  readonly read: (
    query: { readonly limit: number; readonly after?: string },
    signal: AbortSignal,
  ) => Promise<Page<Item>>;
  /** @default true */
  readonly isNeeded?: boolean;
}

/** The items of a list of the service to choose from: the first page, and further ones when somebody wants them. */
export function useChoices<Item>({ queryKey, read, isNeeded = true }: ChoicesOptions<Item>): Choices<Item> {
  const list = useInfiniteQuery({
    queryKey: ["admin", "choices", ...queryKey],
    enabled: isNeeded,
    queryFn: ({ pageParam, signal }) =>
      read({ limit: PAGE_SIZE, ...(pageParam === "" ? {} : { after: pageParam }) }, signal),
    initialPageParam: "",
    getNextPageParam: ({ has_more, last_id }) => (has_more ? last_id : null),
  });
  return {
    items: list.data?.pages.flatMap(({ data }) => data) ?? [],
    error: list.error,
    hasMore: list.hasNextPage,
    readMore: () => void list.fetchNextPage(),
  };
}

/** Says that a list of choices has more than is listed, and reads on. */
export function MoreChoices({ of }: { readonly of: readonly Choices<unknown>[] }) {
  const t = useTexts(MESSAGES);
  const format = useFormatter();
  const partial = of.filter(({ hasMore }) => hasMore);
  if (partial.length === 0) return undefined;
  const count = of.reduce((sum, { items }) => sum + items.length, 0);
  return (
    <p className="hint">
      {t("part", { count: format.number(count) })}{" "}
      <button
        type="button"
        className="button quiet"
        onClick={() => {
          for (const { readMore } of partial) readMore();
        }}
      >
        {t("more")}
      </button>
    </p>
  );
}
