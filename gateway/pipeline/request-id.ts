import { randomFillSync } from "node:crypto";

const ID_BYTES = 16;
/** Ids whose random bytes are drawn together: a call of the generator takes longer than an id. */
const IDS_AT_ONCE = 256;

const random = Buffer.alloc(ID_BYTES * IDS_AT_ONCE);
let used = random.length;

/** A new request's id: `req_` and 32 hexadecimal digits, 128 random bits. */
export function newRequestId(): string {
  return `req_${randomDigits()}`;
}

/** The id of a refused permission: `dec_` and 32 hexadecimal digits. */
export function newDecisionId(): string {
  return `dec_${randomDigits()}`;
}

function randomDigits(): string {
  if (used === random.length) {
    randomFillSync(random);
    used = 0;
  }
  const start = used;
  used += ID_BYTES;
  return random.toString("hex", start, used);
}
