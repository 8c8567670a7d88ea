import { ID_MARK } from "./changes.ts";

/**
 * Marks of events that are not sealed yet, and the ends of chains, are in one partition of the control table, so that the
 * sealer finds those of all organisations without a scan. No organisation has this id.
 */
export const SEALER_PARTITION = "*sealer";

const UNSEALED = "unsealed";
const CHAIN_END = "chainEnd";
const UNSIGNED = "unsigned";
const STREAMED = "streamed";

/** The key of the mark that an event has from its transaction on until it is sealed. */
export function unsealedKey(organizationId: string, eventId: string) {
  return { organizationId: SEALER_PARTITION, recordId: [UNSEALED, organizationId, eventId].join(ID_MARK) };
}

/** The key of the end of an organisation's chain. */
export function chainEndKey(organizationId: string) {
  return { organizationId: SEALER_PARTITION, recordId: [CHAIN_END, organizationId].join(ID_MARK) };
}

/** The key of the mark that a completed erasure has until its report is signed. */
export function unsignedKey(organizationId: string, subjectId: string) {
  return { organizationId: SEALER_PARTITION, recordId: [UNSIGNED, organizationId, subjectId].join(ID_MARK) };
}

/** The key of how many entries of an organisation's chain the delivery stream has taken. */
export function streamedKey(organizationId: string) {
  return { organizationId: SEALER_PARTITION, recordId: [STREAMED, organizationId].join(ID_MARK) };
}

/** Beginnings of the sort keys. */
export const SEALER_PREFIXES = {
  unsealed: `${UNSEALED}${ID_MARK}`,
  chainEnd: `${CHAIN_END}${ID_MARK}`,
  unsigned: `${UNSIGNED}${ID_MARK}`,
  streamed: `${STREAMED}${ID_MARK}`,
} as const;

/** What a mark's sort key says: the organisation, and the id of the event or subject. */
export function markedEvent(recordId: string): { readonly organizationId: string; readonly eventId: string } {
  const [, organizationId = "", eventId = ""] = recordId.split(ID_MARK);
  return { organizationId, eventId };
}
