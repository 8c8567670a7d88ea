/** Runs Node in this process's place, see `run-child.mjs`. @returns the exit code */
export function runChild(node: string, args: readonly string[], options?: { readonly cwd?: string }): Promise<number>;

/** Calls once when the `runChild` that started this process has gone without ending it, see `run-child.mjs`. */
export function onParentGone(listener: () => void): void;
