import { useQuery } from "@tanstack/react-query";
import { useNavigate, useRouteContext, useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import type { MemberKeys, OwnApiKey } from "../../../../contracts/control/project-keys.ts";
import { Loading } from "../../components/loading.tsx";
import { PageTitle } from "../../components/page-title.tsx";
import { Problem } from "../../components/problem.tsx";
import { useTexts } from "../../i18n/translate.ts";
import { NewProject } from "../../projects/new-project.tsx";
import { type ConsoleProject, useProjects } from "../../projects/projects.ts";
import { MESSAGES } from "./messages.ts";
import { ownKeysQuery } from "./own-key-queries.ts";
import { OwnKeyTable } from "./own-key-table.tsx";
import { ownKeyUsageQuery } from "./own-key-usage.ts";

// Forms are loaded when one is opened.
const dialogs = () => import("./own-key-dialogs.tsx");
const CreateOwnKeyDialog = lazy(async () => ({ default: (await dialogs()).CreateOwnKeyDialog }));
const RotateOwnKeyDialog = lazy(async () => ({ default: (await dialogs()).RotateOwnKeyDialog }));
const RevokeOwnKeyDialog = lazy(async () => ({ default: (await dialogs()).RevokeOwnKeyDialog }));

/** Keys that a person makes for programs of their own: create, rotate, revoke, and what was used with each. */
export function OwnKeysPage() {
  const { config } = useRouteContext({ from: "__root__" });
  const { current } = useProjects();
  if (config.memberKeys === undefined) return <NotPermitted />;
  return current === undefined ? (
    <NoProject />
  ) : (
    <OwnKeys key={current.id} project={current} bounds={config.memberKeys} />
  );
}

function NotPermitted() {
  const t = useTexts(MESSAGES);
  return <PageTitle title={t("title")} lead={t("notPermitted")} />;
}

function NoProject() {
  const t = useTexts(MESSAGES);
  const { isLoading, error, reload } = useProjects();
  return (
    <>
      <PageTitle title={t("title")} lead={t("lead")} />
      {isLoading ? <Loading /> : undefined}
      {error === null ? undefined : <Problem error={error} onRetry={reload} />}
      {isLoading || error !== null ? undefined : <NewProject />}
    </>
  );
}

interface OpenDialog {
  readonly kind: "rotate" | "revoke";
  readonly key: OwnApiKey;
}

function OwnKeys({ project, bounds }: { readonly project: ConsoleProject; readonly bounds: MemberKeys }) {
  const t = useTexts(MESSAGES);
  const { new: isCreating } = useSearch({ from: "/app/own-keys" });
  const navigate = useNavigate();
  const [open, setOpen] = useState<OpenDialog>();
  const list = useQuery(ownKeysQuery);
  const keys = list.data ?? [];
  const usage = useQuery(ownKeyUsageQuery(keys.map(({ id }) => id)));
  const isFull = keys.length >= bounds.perPerson;
  const setCreating = (isOpen: boolean) =>
    void navigate({
      to: ".",
      search: ({ new: _, ...rest }) => (isOpen ? { ...rest, new: true } : rest),
      replace: !isOpen,
    });
  const close = () => setOpen(undefined);
  return (
    <>
      <PageTitle title={t("title")} lead={t("lead")}>
        <button
          type="button"
          className={list.data !== undefined && !isFull ? "button primary" : "button primary unseen"}
          onClick={() => setCreating(true)}
        >
          {t("create")}
        </button>
      </PageTitle>
      {list.isPending ? <Loading /> : undefined}
      {list.error === null ? undefined : <Problem error={list.error} onRetry={() => void list.refetch()} />}
      {list.isSuccess && keys.length === 0 ? (
        <section className="empty">
          <h2>{t("emptyTitle")}</h2>
          <p>{t("emptyLead", { project: project.name })}</p>
        </section>
      ) : undefined}
      {keys.length > 0 ? (
        <>
          <OwnKeyTable
            keys={keys}
            usage={usage.data}
            onRotate={(key) => setOpen({ kind: "rotate", key })}
            onRevoke={(key) => setOpen({ kind: "revoke", key })}
          />
          <p className="quiet">
            {t("bounds", { count: String(keys.length), most: String(bounds.perPerson), days: bounds.maxDays })}
          </p>
          {isFull ? <p className="notice">{t("full")}</p> : undefined}
          {usage.error === null ? undefined : <p className="quiet">{t("usageMissing")}</p>}
        </>
      ) : undefined}
      <Suspense fallback={null}>
        {isCreating && list.data !== undefined ? (
          <CreateOwnKeyDialog
            projectId={project.id}
            bounds={bounds}
            isFull={isFull}
            onClose={() => setCreating(false)}
          />
        ) : undefined}
        {open?.kind === "rotate" ? <RotateOwnKeyDialog apiKey={open.key} onClose={close} /> : undefined}
        {open?.kind === "revoke" ? <RevokeOwnKeyDialog apiKey={open.key} onClose={close} /> : undefined}
      </Suspense>
    </>
  );
}
