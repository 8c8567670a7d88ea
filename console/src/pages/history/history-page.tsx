import { Link, useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { Loading } from "../../components/loading.tsx";
import { PageTitle } from "../../components/page-title.tsx";
import { Problem } from "../../components/problem.tsx";
import { useTexts } from "../../i18n/translate.ts";
import { useProjects } from "../../projects/projects.ts";
import { useSession } from "../../session/session.ts";
import "../../styles/answers.css";
import "../../styles/history.css";
import { ChatList } from "./chat-list.tsx";
import type { ChatFilter } from "./chats-api.ts";
import { HistoryFilters } from "./history-filters.tsx";
import { MESSAGES } from "./messages.ts";
import { RetentionNotice } from "./retention-notice.tsx";
import { useIsHistoryOff } from "./use-is-history-off.ts";

// What is opened from the list is loaded then.
const ChatView = lazy(async () => ({ default: (await import("./chat-view.tsx")).ChatView }));
const ExportDialog = lazy(async () => ({ default: (await import("./export-dialog.tsx")).ExportDialog }));

/** What was written and responded in projects that opted in: list, content, playback, export. */
export function HistoryPage() {
  const t = useTexts(MESSAGES);
  const search = useSearch({ from: "/app/history" });
  const { current, isLoading, error, reload } = useProjects();
  const isPerson = useSession(({ session }) => session.kind === "person");
  /** The conversations to export, as they were chosen: the page may show others meanwhile. */
  const [exported, setExported] = useState<ChatFilter>();
  const scope = search.of ?? (isPerson ? "own" : "project");
  const isOfProject = scope === "project";
  const filter: ChatFilter = {
    ...(search.q === undefined ? {} : { q: search.q }),
    ...(search.model === undefined ? {} : { model: search.model }),
    ...(search.key === undefined ? {} : { key: search.key }),
    ...(isOfProject && current !== undefined ? { project: current.id } : {}),
  };
  const isReady = !isOfProject || current !== undefined;
  if (useIsHistoryOff(current?.id))
    return (
      <>
        <PageTitle title={t("title")} lead={t("lead")} />
        <section className="empty">
          <h2>{t("offTitle")}</h2>
          <p>{t("off")}</p>
        </section>
      </>
    );
  return (
    <>
      <PageTitle title={search.chat === undefined ? t("title") : t("chatTitle")} lead={t("lead")}>
        {search.chat === undefined && isReady ? (
          <button type="button" className="button" onClick={() => setExported(filter)}>
            {t("export")}
          </button>
        ) : undefined}
      </PageTitle>
      {search.chat === undefined ? (
        <>
          {current === undefined ? undefined : <RetentionNotice key={current.id} project={current} />}
          <HistoryFilters search={search} scope={scope} project={current} />
          {search.with === undefined ? undefined : (
            <div className="notice">
              <p>{t("chooseOther")}</p>
              <Link to="/history" className="button" search={({ with: _, ...rest }) => rest}>
                {t("cancel")}
              </Link>
            </div>
          )}
          {isOfProject && isLoading ? <Loading /> : undefined}
          {isOfProject && error !== null ? <Problem error={error} onRetry={reload} /> : undefined}
          {isOfProject && !isLoading && error === null && current === undefined ? (
            <section className="empty">
              <h2>{t("emptyTitle")}</h2>
              <p>{t("noProject")}</p>
            </section>
          ) : undefined}
          {isReady ? <ChatList key={JSON.stringify(filter)} filter={filter} /> : undefined}
        </>
      ) : (
        <Suspense fallback={<Loading />}>
          <ChatView
            key={search.chat}
            id={search.chat}
            otherId={search.with === search.chat ? undefined : search.with}
            projectId={current?.id}
          />
        </Suspense>
      )}
      {exported === undefined ? undefined : (
        <Suspense fallback={null}>
          <ExportDialog filter={exported} onClose={() => setExported(undefined)} />
        </Suspense>
      )}
    </>
  );
}
