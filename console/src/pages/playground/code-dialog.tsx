import { useRouteContext } from "@tanstack/react-router";
import { useState } from "react";
import { LANGUAGES, snippet } from "../../../../ui/code/snippets.ts";
import { CopyButton } from "../../components/copy-button.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { useTexts } from "../../i18n/translate.ts";
import { CODE_MESSAGES } from "./code-messages.ts";
import { messagesOf } from "./conversation/chat-messages.ts";
import { requestBody, settingsFor } from "./conversation/settings.ts";
import { usePlayground } from "./state/playground-store.ts";

const NAMES = { curl: "curl", python: "Python", node: "Node.js", go: "Go" } as const;

/** The first pane's next request as a program. */
export default function CodeDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useTexts(CODE_MESSAGES);
  const { config } = useRouteContext({ from: "__root__" });
  const [language, setLanguage] = useState<(typeof LANGUAGES)[number]>("curl");
  const { settings, prompt, images, panes, models } = usePlayground();
  const { model, turns } = panes[0]?.store.getState() ?? { model: "", turns: [] };
  // Without a new prompt it is the request that was sent last.
  const isNew = prompt !== "" || images.length > 0 || turns.length === 0;
  const next = { prompt, images, results: [], text: "", toolCalls: [] };
  const messages = messagesOf(isNew ? [...turns, next] : turns, true);
  const shown = model || (config.models[0]?.id ?? "");
  const own = settingsFor(
    settings,
    models.find(({ id }) => id === shown),
  );
  const body = requestBody(shown, own, messages);
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
