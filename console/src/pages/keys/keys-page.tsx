import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useState } from "react";
import type { ProjectApiKey } from "../../../../contracts/control/project-keys.ts";
import { Loading } from "../../components/loading.tsx";
import { PageTitle } from "../../components/page-title.tsx";
import { Problem } from "../../components/problem.tsx";
import { useTexts } from "../../i18n/translate.ts";
import { NewProject } from "../../projects/new-project.tsx";
import { type ConsoleProject, useProjects } from "../../projects/projects.ts";
import { keysQuery } from "./key-queries.ts";
import { KeyTable } from "./key-table.tsx";
import { MESSAGES } from "./messages.ts";

// Forms are loaded when one is opened.
const dialogs = () => import("./key-dialogs.tsx");
const CreateKeyDialog = lazy(async () => ({ default: (await dialogs()).CreateKeyDialog }));
const RotateKeyDialog = lazy(async () => ({ default: (await dialogs()).RotateKeyDialog }));
const RevokeKeyDialog = lazy(async () => ({ default: (await dialogs()).RevokeKeyDialog }));

/** The keys of the project: create, rotate, revoke. */
export function KeysPage() {
  const t = useTexts(MESSAGES);
  const { current, isLoading, error, reload } = useProjects();
  const { new: isCreating } = useSearch({ from: "/app/keys" });
  const navigate = useNavigate();
  const setCreating = (isOpen: boolean) =>
    void navigate({
      to: ".",
      search: ({ new: _, ...rest }) => (isOpen ? { ...rest, new: true } : rest),
      replace: !isOpen,
    });
  return (
    <>
      <PageTitle title={t("title")} lead={t("lead")}>
        {current?.isOwner ? (
          <button type="button" className="button primary" onClick={() => setCreating(true)}>
            {t("create")}
          </button>
        ) : undefined}
      </PageTitle>
      {isLoading ? <Loading /> : undefined}
      {error === null ? undefined : <Problem error={error} onRetry={reload} />}
      {!isLoading && error === null && current === undefined ? <NewProject /> : undefined}
      {current === undefined ? undefined : <Keys key={current.id} project={current} />}
      {current?.isOwner && isCreating ? (
        <Suspense fallback={null}>
          <CreateKeyDialog projectId={current.id} onClose={() => setCreating(false)} />
        </Suspense>
      ) : undefined}
    </>
  );
}

interface OpenDialog {
  readonly kind: "rotate" | "revoke";
  readonly key: ProjectApiKey;
}

function Keys({ project }: { readonly project: ConsoleProject }) {
  const t = useTexts(MESSAGES);
  const [open, setOpen] = useState<OpenDialog>();
  const list = useInfiniteQuery(keysQuery(project.id));
  const { fetchNextPage } = list;
  const loadMore = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  const close = () => setOpen(undefined);
  if (list.isPending) return <Loading />;
  const keys = list.data?.pages.flatMap(({ data }) => data) ?? [];
  return (
    <>
      {list.error === null ? undefined : <Problem error={list.error} onRetry={() => void list.refetch()} />}
      {keys.length === 0 && list.isSuccess ? (
        <section className="empty">
          <h2>{t("emptyTitle")}</h2>
          <p>{project.isOwner ? t("emptyOwner") : t("emptyMember")}</p>
        </section>
      ) : undefined}
      {keys.length === 0 ? undefined : (
        <KeyTable
          project={project}
          keys={keys}
          hasMore={list.hasNextPage}
          isLoadingMore={list.isFetchingNextPage}
          loadMore={loadMore}
          onRotate={(key) => setOpen({ kind: "rotate", key })}
          onRevoke={(key) => setOpen({ kind: "revoke", key })}
        />
      )}
      <Suspense fallback={null}>
        {open?.kind === "rotate" ? (
          <RotateKeyDialog projectId={project.id} apiKey={open.key} onClose={close} />
        ) : undefined}
        {open?.kind === "revoke" ? (
          <RevokeKeyDialog projectId={project.id} apiKey={open.key} onClose={close} />
        ) : undefined}
      </Suspense>
    </>
  );
}
