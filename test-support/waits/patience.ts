/**
 * How long a test waits for what it expects, unless it states more. Far longer than anything takes: the time is not what is
 * tested, and a loaded machine stands still for seconds. Shorter than a test may take, so that the last failure is shown.
 */
export const PATIENCE_MS = 15_000;
