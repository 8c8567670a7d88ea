/** Ids of the subjects that a legal hold is on, in items of responses, files and batches: a set. An item without is not held. */
export const HELD_BY = "heldBy";
/** Versions of the copy of a file's content that are still to be removed after a hold. */
export const HELD_COPIES = "heldCopies";
/** The time to live that an item of files and batches has after the hold. */
export const HELD_TTL = "heldTtl";
/**
 * Keys, time to live and time of storing (Unix seconds) of items of stored responses. While subjects are held, an item names them, and its
 * end stands under another attribute, which DynamoDB does not expire it by.
 */
export const RESPONSES_TABLE = {
  hashKey: "tenant",
  rangeKey: "id",
  ttlAttribute: "expiresAt",
  storedAttribute: "storedAt",
  heldByAttribute: HELD_BY,
  heldEndAttribute: "heldExpiry",
} as const;
/** DynamoDB removes items of files within days of their end; an expired file is not listed or read before that either. */
export const FILE_REMOVAL_MARGIN_SECONDS = 86_400;
