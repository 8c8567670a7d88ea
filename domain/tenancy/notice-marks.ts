import { ID_MARK } from "./changes.ts";

/**
 * Marks of notices that are not sent yet are in one partition of the control table, so that the sender finds those of all
 * organisations without a scan. No organisation has this id.
 */
export const NOTICES_PARTITION = "*notices";

const UNSENT = "unsent";
const DUE = "due";

/** The key of the mark that a notice has from its transaction on until it is sent. */
export function unsentKey(organizationId: string, noticeId: string) {
  return { organizationId: NOTICES_PARTITION, recordId: [UNSENT, organizationId, noticeId].join(ID_MARK) };
}

/** The item by which one run of the sender keeps others from sending the same. */
export const SENDER_KEY = { organizationId: NOTICES_PARTITION, recordId: "sender" } as const;

/** Beginning of the sort keys of the marks. */
export const UNSENT_PREFIX = `${UNSENT}${ID_MARK}`;

/** The key of the mark that a delivery of a webhook has while it is pending. */
export function dueKey(organizationId: string, webhookId: string, deliveryId: string) {
  return { organizationId: NOTICES_PARTITION, recordId: [DUE, organizationId, webhookId, deliveryId].join(ID_MARK) };
}

/** Beginning of the sort keys of these marks. */
export const DUE_PREFIX = `${DUE}${ID_MARK}`;

/** What such a mark's sort key says. */
export function markedDelivery(recordId: string) {
  const [, organizationId = "", webhookId = "", deliveryId = ""] = recordId.split(ID_MARK);
  return { organizationId, webhookId, deliveryId };
}

/** What a mark's sort key says: the notice's organisation and id. */
export function markedNotice(recordId: string): { readonly organizationId: string; readonly noticeId: string } {
  const [, organizationId = "", noticeId = ""] = recordId.split(ID_MARK);
  return { organizationId, noticeId };
}
