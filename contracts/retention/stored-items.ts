/** Keys, time to live and time of storing (Unix seconds) of items of stored responses. */
export const RESPONSES_TABLE = {
  hashKey: "tenant",
  rangeKey: "id",
  ttlAttribute: "expiresAt",
  storedAttribute: "storedAt",
} as const;
/** DynamoDB removes items of files within days of their end; an expired file is not listed or read before that either. */
export const FILE_REMOVAL_MARGIN_SECONDS = 86_400;
