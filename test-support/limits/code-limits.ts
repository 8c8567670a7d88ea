/** A constant that bounds something, as the code has it. */
export interface CodeLimit {
  /** Path from the root and name, e.g. `gateway/http/http-server.ts#REQUEST_TIMEOUT_MS`. */
  readonly id: string;
  /** The value as it is written. */
  readonly value: string;
}

/** How constants are named that bound what comes from outside, and how long it is waited for. */
const NAME =
  /^(?:export )?const (MAX_[A-Z_]+|(?:[A-Z]+_)*(?:TIMEOUT|IDLE|HELD|REFUSED)_MS|(?:[A-Z]+_)+LIMIT_BYTES|UPLOADS|DOWNLOADS|SOCKETS|CONNECTIONS|PART_BYTES) = (.+);$/gm;

/** The limits of one file. */
export function limitsOf(path: string, text: string): readonly CodeLimit[] {
  return [...text.matchAll(NAME)].map(([, name = "", value = ""]) => ({
    id: `${path}#${name}`,
    value: value.replace(/ as const$/, ""),
  }));
}

/** The limits that a page lists: rows that begin with an id and its value, each in backticks. */
export function limitsInPage(page: string): readonly CodeLimit[] {
  return [...page.matchAll(/^\| `([^`]+#[A-Z_]+)` \| `([^`]+)` \|/gm)].map(([, id = "", value = ""]) => ({
    id,
    value,
  }));
}
