import type { ConsoleConfig } from "../api/console-config.ts";
import type { SessionResponse } from "../api/session-api.ts";
import { endEarlyPage, takePress } from "../components/end-early-page.ts";
import { storedLocale } from "../preferences/stored.ts";
import { isSignOutOf, onSignOutElsewhere } from "../session/sign-out-channel.ts";
import { firstConfig, firstSession } from "./first-requests.ts";

/** A window that nobody sees is not painted. */
const PAINT_WAIT_MS = 100;

/**
 * Shows frame, title and lead of the page from its HTML (`console/prerender/`) once it is known that a person is signed in: long before
 * the scripts that draw the rest are there. `PageTitle` ends it, and a sign-out in another page of the site.
 * @returns once it is painted, or once nothing is to be shown
 */
export async function showEarlyPage(): Promise<void> {
  const ended: (string | undefined)[] = [];
  let shown: Pick<SessionResponse, "id"> = {};
  onSignOutElsewhere((id) => {
    ended.push(id);
    if (isSignOutOf(id, shown)) endEarlyPage();
  });
  const [config, session] = await Promise.all([firstConfig, firstSession]);
  shown = session ?? {};
  const isSignedOut = ended.some((id) => isSignOutOf(id, session ?? {}));
  const page = session === undefined || isSignedOut ? undefined : earlyPage(config, session);
  if (page === undefined) return;
  document.getElementById("root")?.before(page);
  await new Promise<unknown>((done) => {
    requestAnimationFrame(() => setTimeout(done));
    setTimeout(done, PAINT_WAIT_MS);
  });
}

/** `undefined` where the page's title depends on more than its path, and in languages that only tests have. */
function earlyPage(config: ConsoleConfig, { projects }: SessionResponse): Element | undefined {
  const template = document.querySelector<HTMLTemplateElement>(`template[lang="${storedLocale()}"]`);
  const page = template?.content.firstElementChild?.cloneNode(true);
  const query = new URLSearchParams(location.search);
  if (!(page instanceof Element) || query.has(template?.dataset.unless ?? "")) return;
  const part = (name: string) => page.querySelector(`[data-part=${name}]`);
  const needsMemberKeys = template?.dataset.needs === "memberKeys";
  if (config.memberKeys === undefined) {
    if (needsMemberKeys) return;
    part("own-keys")?.remove();
  }
  part("title")?.append(config.title);
  part("environment")?.append(config.environment);
  const wanted = query.get("project");
  const current = projects.find(({ id }) => id === wanted) ?? projects[0];
  part("projects")?.append(...projects.map(({ id, name }) => new Option(name, id, false, id === current?.id)));
  takePress(part("account"));
  if (current === undefined) part("projects")?.parentElement?.remove();
  return page;
}
