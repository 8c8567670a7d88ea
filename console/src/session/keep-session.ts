import { ApiError } from "../api/api-error.ts";
import { deleteSession, refreshSession, type SessionResponse } from "../api/session-api.ts";
import { currentSession, setSession, useSession } from "./session.ts";
import { locked, soonLocked } from "./session-lock.ts";
import { isSignOutOf, onSignOutElsewhere, tellSignOut } from "./sign-out-channel.ts";

/** How long before their end keys are renewed. */
const RENEW_BEFORE_SECONDS = 60;
/** The shortest and the longest wait: a timer of a browser has at most 2^31 ms. */
const WAIT_MS = { min: 5_000, max: 3_600_000 } as const;
/** The wait after a renewal that failed without the session being over. */
const RETRY_MS = 30_000;

let renewal: Promise<boolean> | undefined;
let timer: number | undefined;

/**
 * Signs a person in again who signed in before, with the site's cookie; then renews keys before they end, and when the page is
 * looked at again after a pause. What one page of the site does, the others see.
 * @param first the session's first renewal; `undefined` where nobody signs in with a provider
 */
export async function startSession(first: Promise<SessionResponse | undefined>): Promise<void> {
  // Keys that came before another page signed out are not used.
  const ended: (string | undefined)[] = [];
  onSignOutElsewhere((id) => {
    ended.push(id);
    const session = currentSession();
    if (session.kind === "person" && isSignOutOf(id, session)) setSession({ kind: "signed-out", reason: "signed-out" });
  });
  useSession.subscribe(() => planRenewal());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible" && secondsLeft() < RENEW_BEFORE_SECONDS) void renewSession();
  });
  try {
    const session = await first;
    if (ended.some((id) => isSignOutOf(id, session ?? {}))) setSession({ kind: "signed-out", reason: "signed-out" });
    else setSession(session === undefined ? { kind: "signed-out" } : { kind: "person", ...session });
  } catch (error) {
    setSession(isOver(error) ? { kind: "signed-out" } : { kind: "signed-out", reason: "unreachable" });
  }
}

/** @returns whether there are new keys; an admin key can't be renewed */
export function renewSession(projectId?: string): Promise<boolean> {
  renewal ??= renew(projectId).finally(() => {
    renewal = undefined;
  });
  return renewal;
}

async function renew(projectId: string | undefined): Promise<boolean> {
  const session = currentSession();
  if (session.kind === "admin-key") {
    setSession({ kind: "signed-out", reason: "refused" });
    return false;
  }
  if (session.kind !== "person") return false;
  // Who signs out meanwhile stays signed out.
  const isStill = () => currentSession().kind === "person";
  try {
    const renewed = await locked(() => refreshSession(projectId ?? session.project_key?.project_id));
    if (isStill()) setSession({ kind: "person", ...renewed });
    return isStill();
  } catch (error) {
    if (isStill() && isOver(error)) setSession({ kind: "signed-out", reason: "expired" });
    // Without a connection the session is not over.
    else planRenewal(RETRY_MS);
    return false;
  }
}

/** Whether the service says that there is no session any more: it has ended, or the person may no longer come in. */
function isOver(error: unknown): boolean {
  return error instanceof ApiError && (error.kind === "unauthorized" || error.kind === "refused");
}

/** Ends the session here, at the provider, and in the site's other pages. */
export async function signOut(): Promise<void> {
  const session = currentSession();
  setSession({ kind: "signed-out", reason: "signed-out" });
  if (session.kind !== "person") return;
  const { id } = session;
  tellSignOut(id);
  // The keys are forgotten in any case, and end within 15 minutes. No renewal that has begun brings the cookie back afterwards.
  await soonLocked(() => deleteSession(id)).catch(() => undefined);
  // A page that was opened meanwhile has renewed the session before it ended.
  tellSignOut(id);
}

/** @param least milliseconds until then at least */
function planRenewal(least: number = WAIT_MS.min): void {
  window.clearTimeout(timer);
  const seconds = secondsLeft();
  if (seconds === Number.POSITIVE_INFINITY) return;
  const wait = Math.min(Math.max((seconds - RENEW_BEFORE_SECONDS) * 1000, least), WAIT_MS.max);
  timer = window.setTimeout(() => void renewSession(), wait);
}

/** Until the first key of the session ends; infinite without a key that ends. */
function secondsLeft(): number {
  const session = currentSession();
  if (session.kind !== "person") return Number.POSITIVE_INFINITY;
  const ends = [session.control.expires_at, session.project_key?.expires_at ?? Number.POSITIVE_INFINITY];
  return Math.min(...ends) - Date.now() / 1000;
}

/** A key for models in the project, for a person. @returns `undefined` with an admin key, which can't use models */
export async function projectKey(projectId: string): Promise<string | undefined> {
  // A renewal for another project may be on its way.
  for (let tries = 0; tries < 2; tries += 1) {
    const session = currentSession();
    if (session.kind !== "person") return undefined;
    if (session.project_key?.project_id === projectId && session.project_key.expires_at > Date.now() / 1000)
      return session.project_key.key;
    await renewSession(projectId);
  }
  return undefined;
}
