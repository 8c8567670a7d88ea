import type { RecordOf } from "../../contracts/control/records.ts";
import { KEY_USE_SECONDS } from "../../contracts/processes/poll-intervals.ts";
import { itemKey } from "./control-items.ts";

/** Whether the use of an admin key at this time is to be stored: none within the minute is. @param at Unix seconds */
export function isUseDue({ lastUsedAt }: Pick<RecordOf<"adminKey">, "lastUsedAt">, at: number): boolean {
  return lastUsedAt === undefined || at - lastUsedAt >= KEY_USE_SECONDS;
}

/**
 * Stores the last use of an admin key in its record, whose version stays. Fails its condition where a use within the
 * minute or a later one is stored, and where there is no such key.
 * @param at Unix seconds
 */
export function adminKeyUseUpdate(organizationId: string, id: string, at: number) {
  return {
    Key: itemKey(organizationId, { kind: "adminKey", ids: [id] }),
    UpdateExpression: "SET #record.#used = :at",
    ConditionExpression:
      "attribute_exists(recordId) AND (attribute_not_exists(#record.#used) OR #record.#used <= :due)",
    ExpressionAttributeNames: { "#record": "record", "#used": "lastUsedAt" },
    ExpressionAttributeValues: { ":at": at, ":due": at - KEY_USE_SECONDS },
  };
}
