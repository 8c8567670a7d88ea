import { isRecord } from "../../../lib/is-record.ts";

/** Id of the session that was ended. @default - a service of a release before gives none: whichever a page has */
type EndedId = string | undefined;
/** What a page tells the others. */
interface SignOutNotice {
  readonly signedOut: true;
  readonly id: EndedId;
}

const channel = new BroadcastChannel("sluice-session");
const heard: EndedId[] = [];
const listeners: ((id: EndedId) => void)[] = [];

// From the first script on: a page may be loading for seconds while another one signs out.
channel.onmessage = ({ data }) => {
  if (!isRecord(data) || data.signedOut !== true) return;
  const id = typeof data.id === "string" ? data.id : undefined;
  heard.push(id);
  for (const hear of listeners) hear(id);
};

/** Calls the listener when another page of the site signs out, at once if one did while this page was loading. */
export function onSignOutElsewhere(listener: (id: EndedId) => void): void {
  listeners.push(listener);
  for (const id of heard) listener(id);
}

/** Tells the site's other pages. */
export function tellSignOut(id: EndedId): void {
  const notice: SignOutNotice = { signedOut: true, id };
  channel.postMessage(notice);
}

/** Whether a sign-out is that of a session. A page tells it twice, and the person may have signed in again between. */
export function isSignOutOf(id: EndedId, session: { readonly id?: string | undefined }): boolean {
  return id === undefined || session.id === undefined || id === session.id;
}
