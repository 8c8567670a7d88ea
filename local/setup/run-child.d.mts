/** Runs Node in this process's place, see `run-child.mjs`. @returns the exit code */
export function runChild(node: string, args: readonly string[], options?: { readonly cwd?: string }): Promise<number>;
