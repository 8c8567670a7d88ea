const SITE = "https://page.invalid";

/** A path of this site with its query; `undefined` for another site's address, and for everything else. */
export function pathAndQuery(value: unknown): string | undefined {
  if (typeof value !== "string" || !value.startsWith("/")) return undefined;
  if (!URL.canParse(value, SITE)) return undefined;
  const { origin, pathname, search } = new URL(value, SITE);
  // `//host` and `/\host` are addresses of other sites to a browser, and `/..//host` is the first of them once it is resolved.
  return origin === SITE && !pathname.startsWith("//") ? `${pathname}${search}` : undefined;
}
