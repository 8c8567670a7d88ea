import { create } from "zustand";
import type { SessionResponse } from "../api/session-api.ts";

/** Who uses the console. Keys are in memory alone: they are gone when the page is. */
export type Session =
  /** The page has just been opened. */
  | { readonly kind: "starting" }
  | { readonly kind: "signed-out"; readonly reason?: SignedOutReason }
  /** A person, whose keys last 15 minutes at most and are renewed before they end. */
  | ({ readonly kind: "person" } & SessionResponse)
  /** An administrator with a key of `sluice admin-keys create`. */
  | { readonly kind: "admin-key"; readonly key: string };

export type SignedOutReason = "expired" | "signed-out" | "refused" | "unreachable";

export const useSession = create<{ readonly session: Session }>()(() => ({ session: { kind: "starting" } }));

export function currentSession(): Session {
  return useSession.getState().session;
}

export function setSession(session: Session): void {
  useSession.setState({ session });
}

/** The key of the control API; `undefined` when nobody is signed in. */
export function controlKey(session: Session): string | undefined {
  if (session.kind === "admin-key") return session.key;
  return session.kind === "person" ? session.control.key : undefined;
}
