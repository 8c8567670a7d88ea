import { randomFillSync } from "node:crypto";

const ID_BYTES = 16;
/** Ids whose random bytes are drawn together: a call of the generator takes longer than an id. */
const IDS_AT_ONCE = 256;

const random = Buffer.alloc(ID_BYTES * IDS_AT_ONCE);
let used = random.length;

/** A new request's id: `req_` and 32 hexadecimal digits, 128 random bits. */
export function newRequestId(): string {
  if (used === random.length) {
    randomFillSync(random);
    used = 0;
  }
  const start = used;
  used += ID_BYTES;
  return `req_${random.toString("hex", start, used)}`;
}
