import { useLayoutEffect } from "react";
import { endEarlyPage } from "../components/end-early-page.ts";
import { defineMessages } from "../i18n/messages.ts";
import { useTexts } from "../i18n/translate.ts";

const MESSAGES = defineMessages(
  { title: "The console could not start", reload: "Load again" },
  { title: "Die Konsole konnte nicht starten", reload: "Neu laden" },
);

/** In place of the console when its configuration is missing or wrong. */
export function StartProblem({ message }: { readonly message: string }) {
  const t = useTexts(MESSAGES);
  useLayoutEffect(endEarlyPage, []);
  return (
    <main className="narrow">
      <h1>{t("title")}</h1>
      <div className="problem" role="alert">
        <p lang="en" translate="no">
          {message}
        </p>
        <button type="button" className="button" onClick={() => location.reload()}>
          {t("reload")}
        </button>
      </div>
    </main>
  );
}
