/** Longest sort key of an item in DynamoDB, in bytes of UTF-8. "Constraints in Amazon DynamoDB", AWS's documentation. */
const SORT_KEY_BYTES = 1024;

/** Whether an item may have this sort key. DynamoDB refuses a call with any other one, also a call that only reads. */
export function isSortKey(text: string): boolean {
  return text !== "" && Buffer.byteLength(text) <= SORT_KEY_BYTES;
}
