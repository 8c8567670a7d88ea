/** Each serving thread reads the count of changed routes this often: every gateway uses a change well within 5 s. */
export const ROUTES_POLL_SECONDS = 2;

/** Each serving thread looks for a batch this often when it has none: an idle gateway starts a new batch within this. */
export const BATCHES_POLL_SECONDS = 5;

/**
 * Each gateway process, not each thread, reads the count of key changes this often: a revoked key is refused by every
 * gateway within this and two reads, well below 1 s.
 */
export const KEYS_POLL_SECONDS = 0.5;

/** The last use of a key is stored at most so often: a write costs as much as five reads. */
export const KEY_USE_SECONDS = 60;
