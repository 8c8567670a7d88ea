import { useRouteContext } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { Loading } from "../../components/loading.tsx";
import { PageTitle } from "../../components/page-title.tsx";
import { Problem } from "../../components/problem.tsx";
import { useTexts } from "../../i18n/translate.ts";
import { NewProject } from "../../projects/new-project.tsx";
import { useProjects } from "../../projects/projects.ts";
import { useSession } from "../../session/session.ts";
import { Composer } from "./composer.tsx";
import { MAX_PANES } from "./conversation/settings.ts";
import { MESSAGES } from "./messages.ts";
import { Pane } from "./pane.tsx";
import { SettingsForm } from "./settings-form.tsx";
import { useHasModelKey, useModels } from "./state/models.ts";
import { addPane, setPastedKey, usePlayground } from "./state/playground-store.ts";
import "../../styles/answers.css";
import "../../styles/playground.css";

const CodeDialog = lazy(() => import("./code-dialog.tsx"));

/** Models to talk to, up to four side by side. */
export function PlaygroundPage() {
  const t = useTexts(MESSAGES);
  const { current, isLoading, error, reload } = useProjects();
  const [isCodeOpen, setCodeOpen] = useState(false);
  const isAdmin = useSession(({ session }) => session.kind === "admin-key");
  return (
    <>
      <PageTitle title={t("title")} lead={t("lead")}>
        <button type="button" className="button" onClick={() => setCodeOpen(true)}>
          {t("showCode")}
        </button>
      </PageTitle>
      {isLoading ? <Loading /> : undefined}
      {error === null ? undefined : <Problem error={error} onRetry={reload} />}
      {!isLoading && error === null && current === undefined ? <NewProject /> : undefined}
      {isAdmin && current !== undefined ? <KeyField /> : undefined}
      {current === undefined ? undefined : <Playground projectId={current.id} />}
      {isCodeOpen ? (
        <Suspense fallback={null}>
          <CodeDialog onClose={() => setCodeOpen(false)} />
        </Suspense>
      ) : undefined}
    </>
  );
}

function KeyField() {
  const t = useTexts(MESSAGES);
  const [text, setText] = useState(() => usePlayground.getState().pastedKey);
  // Not with each letter: the parts of a key are wrong keys, which the service counts.
  const use = () => setPastedKey(text);
  return (
    <div className="form">
      <label htmlFor="model-key">{t("keyLabel")}</label>
      <input
        id="model-key"
        type="password"
        autoComplete="off"
        aria-describedby="model-key-hint"
        value={text}
        onChange={({ target }) => setText(target.value)}
        onBlur={use}
        onKeyDown={({ key }) => {
          if (key === "Enter") use();
        }}
      />
      <p id="model-key-hint" className="hint">
        {t("keyHint")}
      </p>
    </div>
  );
}

function Playground({ projectId }: { readonly projectId: string }) {
  const t = useTexts(MESSAGES);
  const { config } = useRouteContext({ from: "__root__" });
  const panes = usePlayground((state) => state.panes);
  const hasKey = useHasModelKey();
  const listed = useModels(config.apiUrl, projectId);
  const models = listed.data ?? [];
  const ids = models.map(({ id }) => id);
  return (
    <>
      <SettingsForm />
      {listed.error === null ? undefined : <Problem error={listed.error} onRetry={() => void listed.refetch()} />}
      {listed.isSuccess && models.length === 0 ? <p className="notice">{t("noModels")}</p> : undefined}
      <section className="panes" aria-label={t("panes")} data-count={panes.length}>
        {panes.map((pane, index) => (
          <Pane
            key={pane.id}
            projectId={projectId}
            conversation={pane}
            number={index + 1}
            models={ids}
            isLoading={listed.isLoading}
            isOnly={panes.length === 1}
          />
        ))}
      </section>
      {panes.length < MAX_PANES ? (
        <button type="button" className="button quiet add-pane" onClick={() => addPane(nextModel(ids))}>
          {t("addPane")}
        </button>
      ) : undefined}
      <Composer projectId={projectId} models={models} isReady={hasKey && models.length > 0} />
    </>
  );
}

/** A model that no pane has yet, else the first. */
function nextModel(models: readonly string[]): string {
  const taken = new Set(usePlayground.getState().panes.map(({ store }) => store.getState().model || models[0]));
  return models.find((model) => !taken.has(model)) ?? models[0] ?? "";
}
