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
  component: lazyRouteComponent(() => import("./shell/shell.tsx"), "Shell"),
  validateSearch: (search): { readonly project?: string } =>
    typeof search.project === "string" ? { project: search.project } : {},
  search: { middlewares: [retainSearchParams(["project"])] },
  beforeLoad: ({ location }) => {
    const { kind } = currentSession();
    if (kind !== "person" && kind !== "admin-key") throw redirect({ to: "/login", search: { to: location.href } });
  },
});

const keys = createRoute({
  getParentRoute: () => app,
  path: "/keys",
  /** `new`: the form for a new key is open. */
  validateSearch: (search): { readonly new?: true } => (search.new === true ? { new: true } : {}),
  component: lazyRouteComponent(() => import("./pages/keys/keys-page.tsx"), "KeysPage"),
});

const ownKeys = createRoute({
  getParentRoute: () => app,
  path: "/own-keys",
  /** `new`: the form for a new key is open. */
  validateSearch: (search): { readonly new?: true } => (search.new === true ? { new: true } : {}),
  component: lazyRouteComponent(() => import("./pages/own-keys/own-keys-page.tsx"), "OwnKeysPage"),
});

const dashboard = createRoute({
  getParentRoute: () => app,
  path: "/dashboard",
  validateSearch: dashboardSearch,
  component: lazyRouteComponent(() => import("./pages/dashboard/dashboard-page.tsx"), "DashboardPage"),
});

const playground = createRoute({
  getParentRoute: () => app,
  path: "/playground",
  component: lazyRouteComponent(() => import("./pages/playground/playground-page.tsx"), "PlaygroundPage"),
  /** A shared link's state, which few visits have: what reads it is loaded for those alone. */
  loader: async () => {
    if (OPENED_FRAGMENT !== "") (await import("./pages/playground/state/open-link.ts")).openLink(OPENED_FRAGMENT);
  },
});

const history = createRoute({
  getParentRoute: () => app,
  path: "/history",
  validateSearch: historySearch,
  component: lazyRouteComponent(() => import("./pages/history/history-page.tsx"), "HistoryPage"),
});

const adminUsers = createRoute({
  getParentRoute: () => app,
  path: "/admin/users",
  component: lazyRouteComponent(() => import("./pages/admin/users-page.tsx"), "UsersPage"),
});

const adminInvites = createRoute({
  getParentRoute: () => app,
  path: "/admin/invites",
  component: lazyRouteComponent(() => import("./pages/admin/invites-page.tsx"), "InvitesPage"),
});

const adminProjects = createRoute({
  getParentRoute: () => app,
  path: "/admin/projects",
  component: lazyRouteComponent(() => import("./pages/admin/projects-page.tsx"), "ProjectsPage"),
});

const adminAudit = createRoute({
  getParentRoute: () => app,
  path: "/admin/audit",
  validateSearch: auditSearch,
  component: lazyRouteComponent(() => import("./pages/admin/audit-page.tsx"), "AuditPage"),
});

const adminGroups = createRoute({
  getParentRoute: () => app,
  path: "/admin/groups",
  /** `group`: the group whose people are shown. */
  validateSearch: (search): { readonly group?: string } =>
    typeof search.group === "string" ? { group: search.group } : {},
  component: lazyRouteComponent(() => import("./pages/access/groups-page.tsx"), "GroupsPage"),
});

const adminMembers = createRoute({
  getParentRoute: () => app,
  path: "/admin/members",
  component: lazyRouteComponent(() => import("./pages/access/members-page.tsx"), "MembersPage"),
});

const adminLimits = createRoute({
  getParentRoute: () => app,
  path: "/admin/limits",
  validateSearch: limitsSearch,
  component: lazyRouteComponent(() => import("./pages/money/limits-page.tsx"), "LimitsPage"),
});

const adminCredits = createRoute({
  getParentRoute: () => app,
  path: "/admin/credits",
  component: lazyRouteComponent(() => import("./pages/money/credits-page.tsx"), "CreditsPage"),
});

const adminLive = createRoute({
  getParentRoute: () => app,
  path: "/admin/live",
  component: lazyRouteComponent(() => import("./pages/service/live-page.tsx"), "LivePage"),
});

const adminLogs = createRoute({
  getParentRoute: () => app,
  path: "/admin/logs",
  validateSearch: logsSearch,
  component: lazyRouteComponent(() => import("./pages/logs/logs-page.tsx"), "LogsPage"),
});

const adminHealth = createRoute({
  getParentRoute: () => app,
  path: "/admin/health",
  component: lazyRouteComponent(() => import("./pages/health/health-page.tsx"), "HealthPage"),
});

const adminRoles = createRoute({
  getParentRoute: () => app,
  path: "/admin/roles",
  validateSearch: rolesSearch,
  component: lazyRouteComponent(() => import("./pages/roles/roles-page.tsx"), "RolesPage"),
});

const adminRoutes = createRoute({
  getParentRoute: () => app,
  path: "/admin/routes",
  component: lazyRouteComponent(() => import("./pages/routes/routes-page.tsx"), "RoutesPage"),
});

const adminTargets = createRoute({
  getParentRoute: () => app,
  path: "/admin/targets",
  component: lazyRouteComponent(() => import("./pages/service/targets-page.tsx"), "TargetsPage"),
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
  validateSearch: signInSearch,
  beforeLoad: passSignedIn,
  component: lazyRouteComponent(() => import("./pages/login/login-page.tsx"), "LoginPage"),
});

const signup = createRoute({
  getParentRoute: () => root,
  path: "/signup",
  validateSearch: signInSearch,
  beforeLoad: passSignedIn,
  component: lazyRouteComponent(() => import("./pages/login/signup-page.tsx"), "SignupPage"),
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
    adminLimits,
    adminCredits,
    adminHealth,
    adminLive,
    adminLogs,
    adminTargets,
    adminRoutes,
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
