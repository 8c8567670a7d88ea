/** Of the address that a redirect points to. */
const MAX_TARGET_CHARACTERS = 200;

/**
 * Where a redirect points, which is not followed. Credentials and a query, which may have some, are left out.
 * @param base address of the server that sent it, for a location without one
 */
export function redirectTarget(location: string | readonly string[] | undefined, base: string): string | undefined {
  const url = typeof location === "string" ? URL.parse(location, base) : null;
  return url === null ? undefined : (url.origin + url.pathname).slice(0, MAX_TARGET_CHARACTERS);
}
