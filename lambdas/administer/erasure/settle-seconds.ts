/**
 * So long after a change of a subject's items in the table of data keys all gateways act by it: they hold them for at most 20 s,
 * and what was under way has been stored.
 */
export const SETTLE_SECONDS = 25;
