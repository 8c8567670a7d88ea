/**
 * Paths of the console's pages, without the first slash. Each is an object of the site's bucket with the console's HTML, so that
 * a page that is opened or reloaded by its address is served with status 200 and no code at the edge.
 */
export const CONSOLE_PAGES = [
  "admin/audit",
  "admin/credits",
  "admin/groups",
  "admin/health",
  "admin/invites",
  "admin/keys",
  "admin/limits",
  "admin/live",
  "admin/logs",
  "admin/members",
  "admin/projects",
  "admin/providers",
  "admin/retention",
  "admin/roles",
  "admin/routes",
  "admin/targets",
  "admin/users",
  "dashboard",
  "history",
  "keys",
  "login",
  "own-keys",
  "playground",
  "signup",
] as const;
export type ConsolePage = (typeof CONSOLE_PAGES)[number];

/** Paths of one page: as it is named, and with a last slash, as people and programs write it too. */
export function pathsOf(page: string): readonly [string, string] {
  return [page, `${page}/`];
}

/** Where the console's scripts and styles are, beside the demo page's `assets/`. */
export const CONSOLE_FOLDER = "console";
