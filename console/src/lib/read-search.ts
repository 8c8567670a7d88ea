type Query = Readonly<Record<string, unknown>>;

/** Of the project that is chosen, which all pages have. */
const SHARED = "project";

/**
 * Has a page see what `read` makes of its address's query alone. The router merges the result with the query as it came, in which a
 * value that `read` refuses would stay.
 */
export function readSearch<Search extends object>(read: (search: Query) => Search): (search: Query) => Search {
  return (search) => {
    const refused = Object.keys(search).filter((name) => name !== SHARED);
    return { ...Object.fromEntries(refused.map((name) => [name, undefined])), ...read(search) };
  };
}

/** The router reads a query's text of digits as a number. @returns "" for what is no text */
export function textOf(value: unknown): string {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return typeof value === "string" ? value : "";
}
