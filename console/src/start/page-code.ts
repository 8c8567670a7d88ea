import type { ConsolePage } from "../../../contracts/site/console-pages.ts";

/** Loads the code of each page, by its path. */
export const PAGE_CODE = {
  "/keys": () => import("../pages/keys/keys-page.tsx"),
  "/own-keys": () => import("../pages/own-keys/own-keys-page.tsx"),
  "/dashboard": () => import("../pages/dashboard/dashboard-page.tsx"),
  "/playground": () => import("../pages/playground/playground-page.tsx"),
  "/history": () => import("../pages/history/history-page.tsx"),
  "/admin/users": () => import("../pages/admin/users-page.tsx"),
  "/admin/invites": () => import("../pages/admin/invites-page.tsx"),
  "/admin/projects": () => import("../pages/admin/projects-page.tsx"),
  "/admin/audit": () => import("../pages/admin/audit-page.tsx"),
  "/admin/groups": () => import("../pages/access/groups-page.tsx"),
  "/admin/members": () => import("../pages/access/members-page.tsx"),
  "/admin/limits": () => import("../pages/money/limits-page.tsx"),
  "/admin/credits": () => import("../pages/money/credits-page.tsx"),
  "/admin/live": () => import("../pages/service/live-page.tsx"),
  "/admin/logs": () => import("../pages/logs/logs-page.tsx"),
  "/admin/health": () => import("../pages/health/health-page.tsx"),
  "/admin/roles": () => import("../pages/roles/roles-page.tsx"),
  "/admin/keys": () => import("../pages/admin-keys/admin-keys-page.tsx"),
  "/admin/providers": () => import("../pages/providers/providers-page.tsx"),
  "/admin/retention": () => import("../pages/retention/retention-page.tsx"),
  "/admin/routes": () => import("../pages/routes/routes-page.tsx"),
  "/admin/targets": () => import("../pages/service/targets-page.tsx"),
  "/login": () => import("../pages/login/login-page.tsx"),
  "/signup": () => import("../pages/login/signup-page.tsx"),
} satisfies Record<`/${ConsolePage}`, () => Promise<object>>;
