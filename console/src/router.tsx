import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
  retainSearchParams,
} from "@tanstack/react-router";
import type { ConsoleConfig } from "./api/console-config.ts";
import { Loading } from "./components/loading.tsx";
import { PageProblem } from "./components/page-problem.tsx";
import { pathAndQuery } from "./lib/path-and-query.ts";
import { readSearch } from "./lib/read-search.ts";
import { auditSearch } from "./pages/admin/audit-search.ts";
import { dashboardSearch } from "./pages/dashboard/dashboard-search.ts";
import { historySearch } from "./pages/history/history-search.ts";
import { logsSearch } from "./pages/logs/logs-search.ts";
import { limitsSearch } from "./pages/money/limits-search.ts";
import { rolesSearch } from "./pages/roles/roles-search.ts";
import { homeOf } from "./session/home.ts";
import { OPENED_FRAGMENT } from "./session/opened-with.ts";
import { currentSession } from "./session/session.ts";
import { RootLayout } from "./shell/root-layout.tsx";
import { Shell } from "./shell/shell.tsx";
import { PAGE_CODE } from "./start/page-code.ts";

interface RouterContext {
  readonly config: ConsoleConfig;
}

const root = createRootRouteWithContext<RouterContext>()({
  component: RootLayout,
  notFoundComponent: lazyRouteComponent(() => import("./shell/not-found.tsx"), "NotFound"),
});

/** Pages that need somebody who is signed in. The project stands in the address, so that a link shows the same to others. */
const app = createRoute({
  getParentRoute: () => root,
  id: "app",
  component: Shell,
  // The pages read the other names.
  validateSearch: ({ project }): { readonly project?: string } =>
    ({ project: typeof project === "string" ? project : undefined }) as { readonly project?: string },
  search: { middlewares: [retainSearchParams(["project"])] },
  beforeLoad: ({ location }) => {
    const { kind } = currentSession();
    if (kind !== "person" && kind !== "admin-key") throw redirect({ to: "/login", search: { to: location.href } });
  },
});

/** `new`: the form for a new key is open. */
const newSearch = (search: Readonly<Record<string, unknown>>): { readonly new?: true } =>
  search.new === true ? { new: true } : {};

/** `group`: the group whose people are shown. */
const groupSearch = ({ group }: Readonly<Record<string, unknown>>): { readonly group?: string } =>
  typeof group === "string" ? { group } : {};

const keys = createRoute({
  getParentRoute: () => app,
  path: "/keys",
  validateSearch: readSearch(newSearch),
  component: lazyRouteComponent(PAGE_CODE["/keys"], "KeysPage"),
});

const ownKeys = createRoute({
  getParentRoute: () => app,
  path: "/own-keys",
  validateSearch: readSearch(newSearch),
  component: lazyRouteComponent(PAGE_CODE["/own-keys"], "OwnKeysPage"),
});

const dashboard = createRoute({
  getParentRoute: () => app,
  path: "/dashboard",
  validateSearch: readSearch(dashboardSearch),
  component: lazyRouteComponent(PAGE_CODE["/dashboard"], "DashboardPage"),
});

const playground = createRoute({
  getParentRoute: () => app,
  path: "/playground",
  component: lazyRouteComponent(PAGE_CODE["/playground"], "PlaygroundPage"),
  /** A shared link's state, which few visits have: what reads it is loaded for those alone. */
  loader: async () => {
    if (OPENED_FRAGMENT !== "") (await import("./pages/playground/state/open-link.ts")).openLink(OPENED_FRAGMENT);
  },
});

const history = createRoute({
  getParentRoute: () => app,
  path: "/history",
  validateSearch: readSearch(historySearch),
  component: lazyRouteComponent(PAGE_CODE["/history"], "HistoryPage"),
});

const adminUsers = createRoute({
  getParentRoute: () => app,
  path: "/admin/users",
  component: lazyRouteComponent(PAGE_CODE["/admin/users"], "UsersPage"),
});

const adminInvites = createRoute({
  getParentRoute: () => app,
  path: "/admin/invites",
  component: lazyRouteComponent(PAGE_CODE["/admin/invites"], "InvitesPage"),
});

const adminProjects = createRoute({
  getParentRoute: () => app,
  path: "/admin/projects",
  component: lazyRouteComponent(PAGE_CODE["/admin/projects"], "ProjectsPage"),
});

const adminAudit = createRoute({
  getParentRoute: () => app,
  path: "/admin/audit",
  validateSearch: readSearch(auditSearch),
  component: lazyRouteComponent(PAGE_CODE["/admin/audit"], "AuditPage"),
});

const adminGroups = createRoute({
  getParentRoute: () => app,
  path: "/admin/groups",
  validateSearch: readSearch(groupSearch),
  component: lazyRouteComponent(PAGE_CODE["/admin/groups"], "GroupsPage"),
});

const adminMembers = createRoute({
  getParentRoute: () => app,
  path: "/admin/members",
  component: lazyRouteComponent(PAGE_CODE["/admin/members"], "MembersPage"),
});

const adminLimits = createRoute({
  getParentRoute: () => app,
  path: "/admin/limits",
  validateSearch: readSearch(limitsSearch),
  component: lazyRouteComponent(PAGE_CODE["/admin/limits"], "LimitsPage"),
});

const adminCredits = createRoute({
  getParentRoute: () => app,
  path: "/admin/credits",
  component: lazyRouteComponent(PAGE_CODE["/admin/credits"], "CreditsPage"),
});

const adminLive = createRoute({
  getParentRoute: () => app,
  path: "/admin/live",
  component: lazyRouteComponent(PAGE_CODE["/admin/live"], "LivePage"),
});

const adminLogs = createRoute({
  getParentRoute: () => app,
  path: "/admin/logs",
  validateSearch: readSearch(logsSearch),
  component: lazyRouteComponent(PAGE_CODE["/admin/logs"], "LogsPage"),
});

const adminHealth = createRoute({
  getParentRoute: () => app,
  path: "/admin/health",
  component: lazyRouteComponent(PAGE_CODE["/admin/health"], "HealthPage"),
});

const adminRoles = createRoute({
  getParentRoute: () => app,
  path: "/admin/roles",
  validateSearch: readSearch(rolesSearch),
  component: lazyRouteComponent(PAGE_CODE["/admin/roles"], "RolesPage"),
});

const adminKeys = createRoute({
  getParentRoute: () => app,
  path: "/admin/keys",
  component: lazyRouteComponent(PAGE_CODE["/admin/keys"], "AdminKeysPage"),
});

const adminProviders = createRoute({
  getParentRoute: () => app,
  path: "/admin/providers",
  component: lazyRouteComponent(PAGE_CODE["/admin/providers"], "ProvidersPage"),
});

const adminRetention = createRoute({
  getParentRoute: () => app,
  path: "/admin/retention",
  component: lazyRouteComponent(PAGE_CODE["/admin/retention"], "RetentionPage"),
});

const adminRoutes = createRoute({
  getParentRoute: () => app,
  path: "/admin/routes",
  component: lazyRouteComponent(PAGE_CODE["/admin/routes"], "RoutesPage"),
});

const adminTargets = createRoute({
  getParentRoute: () => app,
  path: "/admin/targets",
  component: lazyRouteComponent(PAGE_CODE["/admin/targets"], "TargetsPage"),
});

const signInSearch = (search: Readonly<Record<string, unknown>>): { readonly to?: string } => {
  const to = pathAndQuery(search.to);
  return to === undefined ? {} : { to };
};

/** Whoever is signed in already goes on to where they wanted. */
const passSignedIn = ({ search: { to }, context }: PassOptions) => {
  const session = currentSession();
  if (session.kind === "person" || session.kind === "admin-key")
    throw redirect({ href: to ?? homeOf(session, context.config) });
};

interface PassOptions {
  readonly search: { readonly to?: string };
  readonly context: RouterContext;
}

const login = createRoute({
  getParentRoute: () => root,
  path: "/login",
  validateSearch: readSearch(signInSearch),
  beforeLoad: passSignedIn,
  component: lazyRouteComponent(PAGE_CODE["/login"], "LoginPage"),
});

const signup = createRoute({
  getParentRoute: () => root,
  path: "/signup",
  validateSearch: readSearch(signInSearch),
  beforeLoad: passSignedIn,
  component: lazyRouteComponent(PAGE_CODE["/signup"], "SignupPage"),
});

/** Each page is in CONSOLE_PAGES of contracts/site/console-pages.ts too, by which it is served. */
const tree = root.addChildren([
  app.addChildren([
    dashboard,
    keys,
    ownKeys,
    playground,
    history,
    adminUsers,
    adminInvites,
    adminGroups,
    adminProjects,
    adminMembers,
    adminRoles,
    adminKeys,
    adminLimits,
    adminCredits,
    adminHealth,
    adminLive,
    adminLogs,
    adminTargets,
    adminRoutes,
    adminProviders,
    adminRetention,
    adminAudit,
  ]),
  login,
  signup,
]);

/** The pages of the console with their addresses; a page's code is loaded when it is opened, or when its link is touched. */
export function createConsoleRouter(config: ConsoleConfig) {
  return createRouter({
    routeTree: tree,
    context: { config },
    defaultPreload: "intent",
    defaultPendingComponent: Loading,
    defaultErrorComponent: PageProblem,
    scrollRestoration: true,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createConsoleRouter>;
  }
}
