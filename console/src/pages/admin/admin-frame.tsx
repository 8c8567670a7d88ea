import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Loading } from "../../components/loading.tsx";
import { PageTitle } from "../../components/page-title.tsx";
import { Problem } from "../../components/problem.tsx";
import { useTexts } from "../../i18n/translate.ts";
import { useProjects } from "../../projects/projects.ts";
import { useOrganizationRole } from "../../session/organization-role.ts";
import { useSession } from "../../session/session.ts";
import { MESSAGES } from "./messages.ts";

const LINKS = [
  { page: "users", to: "/admin/users" },
  { page: "invites", to: "/admin/invites" },
  { page: "groups", to: "/admin/groups" },
  { page: "projects", to: "/admin/projects" },
  { page: "members", to: "/admin/members" },
  { page: "roles", to: "/admin/roles" },
  { page: "limits", to: "/admin/limits" },
  { page: "credits", to: "/admin/credits" },
  { page: "health", to: "/admin/health" },
  { page: "live", to: "/admin/live" },
  { page: "logs", to: "/admin/logs" },
  { page: "targets", to: "/admin/targets" },
  { page: "routes", to: "/admin/routes" },
  { page: "audit", to: "/admin/audit" },
] as const;

interface AdminFrameProps {
  readonly page: (typeof LINKS)[number]["page"];
  /** @param isOwner whether changes are offered */
  readonly children: (isOwner: boolean) => ReactNode;
}

/** Title and pages of administration. Whoever may not see a page is told so, in place of a list that the service refuses. */
export function AdminFrame({ page, children }: AdminFrameProps) {
  const t = useTexts(MESSAGES);
  const role = useOrganizationRole();
  const { current } = useProjects();
  const isPerson = useSession(({ session }) => session.kind === "person");
  // Everyone in a project sees its members, and its owners change them.
  const isOfProject = page === "members" && isPerson && current !== undefined;
  const isHidden = !isOfProject && (role.data === "none" || (role.data === "reader" && page === "audit"));
  const isOwner = role.data === "owner" || (isOfProject && current.isOwner);
  return (
    <>
      <PageTitle title={t(page)} lead={t(`${page}Lead`)} />
      <nav className="row-actions" aria-label={t("administration")}>
        {LINKS.filter((link) => link.page !== "audit" || role.data === "owner" || page === "audit").map((link) => (
          <Link key={link.page} to={link.to} className="button quiet" activeProps={{ "aria-current": "page" }}>
            {t(link.page)}
          </Link>
        ))}
      </nav>
      {role.isPending ? <Loading /> : undefined}
      {role.error === null ? undefined : <Problem error={role.error} onRetry={() => void role.refetch()} />}
      {isHidden ? (
        <section className="empty">
          <h2>{t("forbiddenTitle")}</h2>
          <p>{t("forbidden")}</p>
        </section>
      ) : undefined}
      {role.data === undefined || isHidden ? undefined : children(isOwner)}
    </>
  );
}
