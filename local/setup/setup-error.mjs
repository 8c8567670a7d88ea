/** What set-up can't do, in one line with the remedy. */
export class SetupError extends Error {}
