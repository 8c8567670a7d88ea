import type { Exchange } from "./chat-state.ts";

/** The figures of one response; a figure that does not exist yet is absent. */
export interface Figures {
  /** From sending to the first token, in ms. The frame that only names the role does not count. */
  readonly firstTokenMs?: number;
  /** From the first token to the last. */
  readonly tokensPerSecond?: number;
  readonly responseTokens: number;
  readonly promptTokens?: number;
  /** The counts are deltas seen here, not the engine's own: one delta is about one token. */
  readonly isApproximate: boolean;
}

export function figuresOf(exchange: Exchange): Figures {
  const { sentAt, firstTokenAt, lastTokenAt, usage, deltas } = exchange;
  const responseTokens = usage?.completionTokens ?? deltas;
  const seconds = firstTokenAt === undefined || lastTokenAt === undefined ? 0 : (lastTokenAt - firstTokenAt) / 1000;
  return {
    ...(firstTokenAt === undefined ? {} : { firstTokenMs: firstTokenAt - sentAt }),
    // The first token's own time is the waiting, so it is not part of the rate.
    ...(seconds > 0 && responseTokens > 1 ? { tokensPerSecond: (responseTokens - 1) / seconds } : {}),
    responseTokens,
    ...(usage === undefined ? {} : { promptTokens: usage.promptTokens }),
    isApproximate: usage === undefined,
  };
}

/** `480 ms`, `2.4 s`, `31 s`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`;
}
