/** Values of a query by their names; a list is sent as its name once for each value. */
type QueryValues = Readonly<Record<string, unknown>>;

/** The text of a query, without its question mark. What is `undefined` or `null` is left out. */
export function queryText(values: QueryValues): string {
  const pairs = Object.entries(values).flatMap(([name, value]) =>
    [value].flat().flatMap((one) => (one === undefined || one === null ? [] : [[name, String(one)]])),
  );
  return new URLSearchParams(pairs).toString();
}
