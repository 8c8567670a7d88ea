/** An error that the user can correct: shown as one line, without a stack trace. */
export class UserError extends Error {}
