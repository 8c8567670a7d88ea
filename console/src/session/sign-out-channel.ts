const SIGNED_OUT = "signed-out";

const channel = new BroadcastChannel("sluice-session");
let isHeard = false;
const listeners: (() => void)[] = [];

// From the first script on: a page may be loading for seconds while another one signs out.
channel.onmessage = ({ data }) => {
  if (data !== SIGNED_OUT) return;
  isHeard = true;
  for (const hear of listeners) hear();
};

/** Calls the listener when another page of the site signs out, at once if one did while this page was loading. */
export function onSignOutElsewhere(listener: () => void): void {
  listeners.push(listener);
  if (isHeard) listener();
}

/** Tells the site's other pages. */
export function tellSignOut(): void {
  channel.postMessage(SIGNED_OUT);
}
