/** A listener without which an error event would end the process, where the error is handled elsewhere. */
export function ignoreError(): void {}
