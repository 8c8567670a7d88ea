import { useRouteContext } from "@tanstack/react-router";
import { useState } from "react";
import { LANGUAGES, snippet } from "../../../../ui/code/snippets.ts";
import { CopyButton } from "../../components/copy-button.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { useTexts } from "../../i18n/translate.ts";
import { MESSAGES } from "./messages.ts";
import { usePlayground } from "./playground-store.ts";
import { requestBody } from "./settings.ts";
import { messagesOf } from "./turn.ts";

const NAMES = { curl: "curl", python: "Python", node: "Node.js", go: "Go" } as const;

/** The first pane's next request as a program. */
export function CodeDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useTexts(MESSAGES);
  const { config } = useRouteContext({ from: "__root__" });
  const [language, setLanguage] = useState<(typeof LANGUAGES)[number]>("curl");
  const { settings, prompt, panes } = usePlayground();
  const { model, turns } = panes[0]?.store.getState() ?? { model: "", turns: [] };
  // Without a new prompt it is the request that was sent last.
  const last = prompt === "" ? turns.at(-1) : undefined;
  const before = messagesOf(last === undefined ? turns : turns.slice(0, -1));
  const content = last?.prompt ?? prompt;
  const body = requestBody(model || (config.models[0]?.id ?? ""), settings, [...before, { role: "user", content }]);
  const code = snippet(language, config.apiUrl, body);
  return (
    <Dialog title={t("codeTitle")} onClose={onClose}>
      <p>{t("codeLead")}</p>
      <label htmlFor="code-language">{t("codeLanguage")}</label>
      <select
        id="code-language"
        translate="no"
        value={language}
        onChange={({ target }) => setLanguage(LANGUAGES.find((each) => each === target.value) ?? "curl")}
      >
        {LANGUAGES.map((each) => (
          <option key={each} value={each}>
            {NAMES[each]}
          </option>
        ))}
      </select>
      <pre className="snippet" translate="no">
        <code>{code}</code>
      </pre>
      <div className="actions">
        <CopyButton label={t("copy")} text={code} />
        <button type="button" className="button primary" onClick={onClose}>
          {t("close")}
        </button>
      </div>
    </Dialog>
  );
}
