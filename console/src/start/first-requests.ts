import { type ConsoleConfig, loadConsoleConfig } from "../api/console-config.ts";
import { refreshSession, type SessionResponse } from "../api/session-api.ts";
import { locked } from "../session/session-lock.ts";
import "../session/sign-out-channel.ts";

/**
 * What every page waits for is requested while the script of the frame, which is most of a page, is still under way: this module and
 * what it imports are a script of their own, which the HTML names first.
 */
export const firstConfig: Promise<ConsoleConfig> = loadConsoleConfig();

/** The session of who was signed in before, by the site's cookie; `undefined` where nobody signs in with a provider. */
export const firstSession: Promise<SessionResponse | undefined> = firstConfig.then(({ people }) =>
  people ? locked(() => refreshSession(undefined)) : undefined,
);

void firstConfig.then(connectToApi).catch(leaveToMain);
void firstSession.catch(leaveToMain);

/** The connection to the API takes as long as several requests, and is needed once the page is there. */
function connectToApi({ apiUrl }: ConsoleConfig): void {
  const link = document.createElement("link");
  link.rel = "preconnect";
  link.href = apiUrl;
  link.crossOrigin = "";
  document.head.append(link);
}

/** Who reads the promise shows what went wrong. */
function leaveToMain(): void {}
