import { StrictMode, startTransition } from "react";
import { createRoot } from "react-dom/client";
import type { ConsoleConfig } from "./api/console-config.ts";
import { connectApi } from "./api/queries.ts";
import type { SessionResponse } from "./api/session-api.ts";
import { App, loadedRouter } from "./app.tsx";
import { Loading } from "./components/loading.tsx";
import { loadPseudoLocale } from "./i18n/translate.ts";
import { followPreferences, usePreferences } from "./preferences/preferences.ts";
import "./session/opened-with.ts";
import { renewSession, startSession } from "./session/keep-session.ts";
import { controlKey, currentSession } from "./session/session.ts";
import { StartProblem } from "./shell/start-problem.tsx";

/** Draws the pages once it is known who uses them. */
export async function drawConsole(
  configRequest: Promise<ConsoleConfig>,
  sessionRequest: Promise<SessionResponse | undefined>,
): Promise<void> {
  followPreferences(document.documentElement);
  const element = document.getElementById("root");
  if (element === null) throw new Error("index.html has no element `root`.");
  const root = createRoot(element);
  try {
    if (usePreferences.getState().locale === "en-XA") await loadPseudoLocale();
    const config = await configRequest;
    connectApi(config.apiUrl, { key: () => controlKey(currentSession()), renew: () => renewSession() });
    root.render(<Loading />);
    await startSession(sessionRequest);
    const router = await loadedRouter(config);
    // React draws it in parts, between which the browser does other things.
    startTransition(() =>
      root.render(
        <StrictMode>
          <App router={router} />
        </StrictMode>,
      ),
    );
  } catch (error) {
    root.render(<StartProblem message={error instanceof Error ? error.message : String(error)} />);
  }
}
