/** Something of a gateway that runs. Parts start in their order and stop in the reverse of it. */
export interface Part {
  start?(): unknown;
  /** Takes no more work; resolves when what it has is done. */
  drain?(): Promise<void>;
  /** Ends at once, whatever is open. */
  stop?(): unknown;
}

/** Starts all; resolves when the last one has. */
export async function startParts(parts: readonly Part[]): Promise<void> {
  await Promise.all(parts.map((part) => part.start?.()));
}

/** Resolves when every part has finished its work, or after `seconds`. */
export async function drainParts(parts: readonly Part[], seconds: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, seconds * 1000);
  });
  await Promise.race([Promise.all(parts.map((part) => part.drain?.())), deadline]);
  clearTimeout(timer);
}

/** Stops all, the last one first. */
export async function stopParts(parts: readonly Part[]): Promise<void> {
  for (const part of parts.toReversed()) await part.stop?.();
}
