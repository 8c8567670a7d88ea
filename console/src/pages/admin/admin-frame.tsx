import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Loading } from "../../components/loading.tsx";
import { PageTitle } from "../../components/page-title.tsx";
import { Problem } from "../../components/problem.tsx";
import { useTexts } from "../../i18n/translate.ts";
import { useProjects } from "../../projects/projects.ts";
import { type OrganizationRole, useOrganizationRole } from "../../session/organization-role.ts";
import { usePermission } from "../../session/permissions.ts";
import { useSession } from "../../session/session.ts";
import { MESSAGES } from "./messages.ts";

/** Those of owners alone are last, as they come once the role is known: so they move no other link. */
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
  { page: "providers", to: "/admin/providers" },
  { page: "retention", to: "/admin/retention" },
  { page: "adminKeys", to: "/admin/keys" },
  { page: "audit", to: "/admin/audit" },
] as const;

/** Pages that the service refuses to readers. */
const OF_OWNERS: readonly string[] = ["adminKeys", "audit"];

/** Pages that those without a role in the organisation may see. */
const OF_ALL: readonly string[] = ["members", "retention", "logs"];

/** Pages for whoever's own roles permit them, which the pages themselves find out. */
const OF_ROLES: readonly string[] = ["logs", "live", "targets", "routes", "providers"];

/**
 * Whether a page has a link to another one. Whoever opens a page of owners is taken for one until the role is known.
 * @param isPermitted what the session says of a page for whoever's own roles permit it. @default - it does not say it
 */
function isOffered(linked: string, page: string, role: OrganizationRole | undefined, isPermitted?: boolean): boolean {
  if (isPermitted !== undefined && OF_ROLES.includes(linked)) return linked === page || isPermitted;
  const isOwner = role === "owner" || (role === undefined && OF_OWNERS.includes(page));
  if (role === "none") return linked === page || OF_ALL.includes(linked);
  return isOwner || linked === page || !OF_OWNERS.includes(linked);
}

export interface AdminFrameProps {
  readonly page: (typeof LINKS)[number]["page"];
  /** @param isOwner whether changes are offered */
  readonly children: (isOwner: boolean) => ReactNode;
}

/** Title and pages of administration. Whoever may not see a page is told so, in place of a list that the service refuses. */
export function AdminFrame({ page, children }: AdminFrameProps) {
  const t = useTexts(MESSAGES);
  const role = useOrganizationRole();
  const { current } = useProjects();
  const readsLogs = usePermission("service_logs.read");
  const operates = usePermission("operator_keys.write");
  const isLinked = (linked: string) => isOffered(linked, page, role.data, linked === "logs" ? readsLogs : operates);
  const isPerson = useSession(({ session }) => session.kind === "person");
  // Everyone in a project sees its members and its retention; its owners change the members.
  const isOfProject = (page === "members" || page === "retention") && isPerson && current !== undefined;
  const isOfRoles = OF_ROLES.includes(page);
  const isHidden =
    !isOfProject && !isOfRoles && (role.data === "none" || (role.data === "reader" && OF_OWNERS.includes(page)));
  const isOwner = role.data === "owner" || (page === "members" && isOfProject && current.isOwner);
  return (
    <>
      <PageTitle title={t(page)} lead={t(`${page}Lead`)} />
      <nav className="row-actions" aria-label={t("administration")}>
        {LINKS.filter((link) => isLinked(link.page)).map((link) => (
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
