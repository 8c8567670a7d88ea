import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Loading } from "../../components/loading.tsx";
import { PageTitle } from "../../components/page-title.tsx";
import { Problem } from "../../components/problem.tsx";
import { useTexts } from "../../i18n/translate.ts";
import { MESSAGES } from "./messages.ts";
import { useOrganizationRole } from "./organization-role.ts";

interface AdminFrameProps {
  readonly page: "users" | "invites" | "projects" | "audit";
  /** @param isOwner whether changes are offered */
  readonly children: (isOwner: boolean) => ReactNode;
}

const LINKS = [
  { page: "users", to: "/admin/users" },
  { page: "invites", to: "/admin/invites" },
  { page: "projects", to: "/admin/projects" },
  { page: "audit", to: "/admin/audit" },
] as const;

/** Title and pages of administration. Whoever may not see a page is told so, in place of a list that the service refuses. */
export function AdminFrame({ page, children }: AdminFrameProps) {
  const t = useTexts(MESSAGES);
  const role = useOrganizationRole();
  const isHidden = role.data === "none" || (role.data === "reader" && page === "audit");
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
      {role.data === undefined || isHidden ? undefined : children(role.data === "owner")}
    </>
  );
}
