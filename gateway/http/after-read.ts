/** Something that goes on when all that one read of a socket brought is parsed. */
export interface ReadFollower {
  onReadEnd(): void;
}

const followers: ReadFollower[] = [];
/** Index of the next one. */
let next = 0;
let isReading = false;

/**
 * Parses what a read of a socket brought, and then lets its followers go on. Node runs a tick as a second call out of C++
 * behind the read, with an object for each of its tasks; these run in the same call.
 */
export function whileReading(parse: () => void): void {
  if (isReading) return parse();
  isReading = true;
  try {
    parse();
    goOn();
  } finally {
    isReading = false;
    // After an error the others go on all the same.
    if (next < followers.length) process.nextTick(goOn);
  }
}

/** Lets `follower` go on behind the read that is under way; outside of a read, in the next tick. */
export function afterRead(follower: ReadFollower): void {
  if (isReading) followers.push(follower);
  else process.nextTick(end, follower);
}

function goOn(): void {
  while (next < followers.length) followers[next++]?.onReadEnd();
  followers.length = 0;
  next = 0;
}

function end(follower: ReadFollower): void {
  follower.onReadEnd();
}
