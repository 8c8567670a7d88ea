/** What set-up can't do, in one line with the remedy. */
export class SetupError extends Error {
  /** @param {string} message @param {number} [exitCode] 1; 128 and a signal's number where that ended the set-up */
  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}
