import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { loadConsoleConfig } from "./api/console-config.ts";
import { connectApi } from "./api/queries.ts";
import { App } from "./app.tsx";
import { loadPseudoLocale } from "./i18n/translate.ts";
import { followPreferences, usePreferences } from "./preferences/preferences.ts";
import "./session/opened-with.ts";
import { renewSession, startSession } from "./session/keep-session.ts";
import { controlKey, currentSession } from "./session/session.ts";
import { StartProblem } from "./shell/start-problem.tsx";
import "../../ui/styles/tokens.css";
import "../../ui/styles/elements.css";
import "./styles/shell.css";
import "./styles/forms.css";
import "./styles/data.css";

followPreferences(document.documentElement);
const element = document.getElementById("root");
if (element === null) throw new Error("index.html has no element `root`.");
const root = createRoot(element);

try {
  if (usePreferences.getState().locale === "en-XA") await loadPseudoLocale();
  const config = await loadConsoleConfig();
  connectApi(config.apiUrl, { key: () => controlKey(currentSession()), renew: () => renewSession() });
  root.render(
    <StrictMode>
      <App config={config} />
    </StrictMode>,
  );
  await startSession(config.people);
} catch (error) {
  root.render(<StartProblem message={error instanceof Error ? error.message : String(error)} />);
}
