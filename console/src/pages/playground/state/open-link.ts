import { sharedState } from "../conversation/share-link.ts";
import { openShared } from "./playground-store.ts";

let isOpened = false;

/** Begins with the state of a shared link, once: what has been done since is not undone when the page is opened again. */
export function openLink(fragment: string): void {
  const shared = isOpened ? undefined : sharedState(fragment);
  isOpened = true;
  if (shared !== undefined) openShared(shared);
}
