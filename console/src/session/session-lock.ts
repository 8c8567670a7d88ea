/** One page of the site at a time renews: a refresh token is used once. */
const LOCK = "sluice-session";
const LONGEST_WAIT_MS = 5000;

/** Runs the work while no other page of the site renews. Browsers without locks renew at the same time; the function bears that too. */
export function locked<Result>(work: () => Promise<Result>): Promise<Result> {
  return "locks" in navigator ? navigator.locks.request(LOCK, work) : work();
}

/** The same, but that another page's renewal is waited for no longer than some seconds. */
export async function soonLocked<Result>(work: () => Promise<Result>): Promise<Result> {
  let done: Promise<Result> | undefined;
  const once = () => {
    done ??= work();
    return done;
  };
  if (!("locks" in navigator)) return once();
  const signal = AbortSignal.timeout(LONGEST_WAIT_MS);
  // Where the wait is over, the request of the lock fails and the work has not begun.
  return navigator.locks.request(LOCK, { signal }, once).catch(once);
}
