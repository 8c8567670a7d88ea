/** The links of a lock as they were seen, see `process-lock.mjs`. */
export interface LockChain {
  readonly links: readonly { readonly path: string; readonly text: string }[];
  /** The name of the next link. */
  readonly next: string;
}

/** A lock that this process has. */
export interface ProcessLock {
  /** Notes the id of a child that goes on for a while when this process is killed; the lock is not taken over from it either. */
  noteChild(pid: number): void;
  release(): void;
}

/** The chain of links as it is now. */
export function lockChain(path: string): LockChain;

/**
 * Takes the lock if nobody has it, or its process has ended.
 * @param path in a folder that is there
 * @param pid the process that has it afterwards. @default - this one
 * @param seen the chain as it was seen. @default - as it is now
 * @returns `undefined` while another process has it
 */
export function takeLock(path: string, pid?: number, seen?: LockChain): ProcessLock | undefined;
