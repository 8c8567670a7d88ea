/** A path of this site with its query; `undefined` for another site's address, and for everything else. */
export function pathAndQuery(value: unknown): string | undefined {
  if (typeof value !== "string" || !value.startsWith("/")) return undefined;
  const { origin, pathname, search } = new URL(value, "https://page.invalid");
  // `//host` and `/\host` are addresses of other sites to a browser.
  return origin === "https://page.invalid" ? `${pathname}${search}` : undefined;
}
