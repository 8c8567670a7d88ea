import { hash } from "node:crypto";
import { KEY_ID_ALPHABET } from "../../contracts/processes/auth.ts";

/** Id of an item of the keys table that is no key, in the form of a key's: 60 bits of a hash of its subject. */
export function recordId(kind: string, subject: string): string {
  const digest = hash("sha256", `${kind} ${subject}`, "buffer");
  return Array.from(digest.subarray(0, 12), (byte) => KEY_ID_ALPHABET[byte % 32]).join("");
}
