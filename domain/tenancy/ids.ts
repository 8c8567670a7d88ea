import { randomBytes } from "node:crypto";

/** Prefixes of ids, as OpenAI has them. */
const PREFIXES = {
  project: "proj_",
  user: "user-",
  invite: "invite-",
  event: "audit_log-",
  decision: "dec_",
  key: "key_",
  serviceAccount: "svc_acct_",
  group: "group_",
  role: "role_",
  credit: "credit_",
  spendAlert: "alert_",
  webhook: "webhook_",
  delivery: "delivery_",
} as const;
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
/** 45 bits of milliseconds are enough until the year 3084. */
const TIME_CHARACTERS = 9;
/** 80 random bits: an id can't be guessed. */
const RANDOM_CHARACTERS = 16;

/** A new id. Ids of one kind sort by the millisecond in which they were made. `nowMs` counts from 1970. */
export function newId(
  kind: keyof typeof PREFIXES,
  nowMs: number,
  random: (size: number) => Uint8Array = randomBytes,
): string {
  let time = "";
  for (let rest = Math.floor(nowMs); time.length < TIME_CHARACTERS; rest = Math.floor(rest / 32))
    time = (ALPHABET[rest % 32] ?? "") + time;
  const tail = Array.from(random(RANDOM_CHARACTERS), (byte) => ALPHABET[byte % 32]).join("");
  return `${PREFIXES[kind]}${time}${tail}`;
}
