import {
  CatchBoundary,
  type ErrorComponentProps,
  Link,
  Outlet,
  useLocation,
  useRouteContext,
} from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useState } from "react";
import { Mark } from "../../../ui/components/mark.tsx";
import { ApiError } from "../api/api-error.ts";
import { Loading } from "../components/loading.tsx";
import { Problem } from "../components/problem.tsx";
import { useTexts } from "../i18n/translate.ts";
import { ProjectSwitcher } from "../projects/project-switcher.tsx";
import { homeOf } from "../session/home.ts";
import { useSession } from "../session/session.ts";
import { PAGE_NAMES, SHELL_MESSAGES } from "./messages.ts";
import { useNavigation } from "./navigation.ts";

const CommandPalette = lazy(() => import("./command-palette.tsx"));
const AccountMenu = lazy(() => import("./account-menu.tsx"));
const ACCOUNT_MENU = "account-menu";

/** Navigation, project and account around the pages of somebody who is signed in. */
export function Shell() {
  const t = useTexts(SHELL_MESSAGES);
  const names = useTexts(PAGE_NAMES);
  const { config } = useRouteContext({ from: "__root__" });
  const navigation = useNavigation();
  const pathname = useLocation({ select: (location) => location.pathname });
  const isAdministration = pathname.startsWith("/admin/");
  const home = homeOf(
    useSession(({ session }) => session),
    config,
  );
  const [isPaletteOpen, setPaletteOpen] = useState(false);
  usePaletteKey(() => setPaletteOpen(true));
  return (
    <div className="shell">
      <a className="skip" href="#content">
        {t("skip")}
      </a>
      <header className="bar">
        <Link to={home} className="brand" translate="no">
          <Mark />
          {config.title}
        </Link>
        <ProjectSwitcher />
        <span className="bar-end">
          <button
            type="button"
            className="button quiet"
            aria-keyshortcuts="Control+K Meta+K"
            onClick={() => setPaletteOpen(true)}
          >
            {t("search")} <kbd translate="no">Ctrl K</kbd>
          </button>
          <button type="button" className="button quiet" popoverTarget={ACCOUNT_MENU}>
            {t("account")}
          </button>
          {/* A popover of the browser: Escape closes it. */}
          <div id={ACCOUNT_MENU} popover="auto" className="menu">
            <CatchBoundary getResetKey={() => pathname} errorComponent={MenuProblem}>
              <Suspense fallback={<Loading />}>
                <AccountMenu />
              </Suspense>
            </CatchBoundary>
          </div>
        </span>
      </header>
      <nav className="pages" aria-label={t("pages")}>
        {navigation.map(({ name, link }) => (
          <Link
            key={name}
            {...link}
            // Its link is to the first of several pages.
            aria-current={name === "admin" && isAdministration ? "true" : undefined}
            activeProps={{ "aria-current": "page" }}
          >
            {names(name)}
          </Link>
        ))}
        <span className="chip" translate="no" title={t("environment", { name: config.environment })}>
          {config.environment}
        </span>
      </nav>
      <main id="content" tabIndex={-1}>
        <Outlet />
      </main>
      {isPaletteOpen ? (
        <Suspense fallback={null}>
          <CommandPalette onClose={() => setPaletteOpen(false)} />
        </Suspense>
      ) : undefined}
    </div>
  );
}

/** In place of the account menu whose code has not come: the page is there without it, and loaded again it requests the code anew. */
function MenuProblem({ error }: ErrorComponentProps) {
  return (
    <Problem error={navigator.onLine ? error : new ApiError("offline")} onRetry={() => window.location.reload()} />
  );
}

/** Ctrl+K, or ⌘K. */
function usePaletteKey(open: () => void): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      open();
    };
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  });
}
