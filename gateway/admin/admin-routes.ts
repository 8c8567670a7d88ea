/** The paths of the admin API, as they stand in logs and metrics. */
export type AdminPath =
  | "/admin/targets"
  | "/admin/providers"
  | "/admin/providers/{name}"
  | "/admin/providers/{name}/test"
  | "/admin/routes"
  | "/admin/routes/{name}"
  | "/admin/routes/{name}/override";

export interface AdminRoute {
  readonly path: AdminPath;
  readonly methods: readonly string[];
  /** `{name}`, still percent-encoded; empty elsewhere. */
  readonly encodedId: string;
}

export function isAdminRoute(route: { readonly path: string }): route is AdminRoute {
  return route.path.startsWith("/admin/");
}

const FORM = /^\/admin\/(targets|providers|routes)(?:\/([^/]+)(?:\/(test|override))?)?$/;
const READ = ["GET", "HEAD"] as const;
const ONE = ["GET", "HEAD", "PUT", "DELETE"] as const;

/** Finds the route of an admin path, or `undefined`. A name with slashes has them as `%2F`. */
export function findAdminRoute(path: string): AdminRoute | undefined {
  const [, kind, encodedId = "", action] = FORM.exec(path) ?? [];
  if (kind === "targets") return encodedId === "" ? { path: "/admin/targets", methods: READ, encodedId } : undefined;
  if (kind !== "providers" && kind !== "routes") return undefined;
  if (encodedId === "") return { path: `/admin/${kind}`, methods: READ, encodedId };
  if (action === undefined) return { path: `/admin/${kind}/{name}`, methods: ONE, encodedId };
  if (kind === "providers" && action === "test")
    return { path: "/admin/providers/{name}/test", methods: ["POST"], encodedId };
  if (kind === "routes" && action === "override")
    return { path: "/admin/routes/{name}/override", methods: ["POST", "DELETE"], encodedId };
  return undefined;
}
