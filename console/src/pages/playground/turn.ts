import type { Problem } from "../../../../ui/stream/problem.ts";
import type { TokenUsage } from "../../../../ui/stream/stream-chat.ts";
import type { ChatMessage } from "./settings.ts";

export type Phase =
  /** Sent, and nothing came yet. */
  | "waiting"
  /** The model thinks. */
  | "thinking"
  /** The answer comes. */
  | "writing"
  | "done"
  | "stopped"
  | "failed";

/** One prompt with its answer. */
export interface Turn {
  readonly id: number;
  readonly model: string;
  readonly prompt: string;
  readonly text: string;
  readonly thinking: string;
  readonly phase: Phase;
  readonly problem?: Problem;
  readonly finishReason?: string;
  readonly figures: Figures;
}

/** Measurements and properties of one response. Times are of `performance.now()`, in ms. */
export interface Figures {
  readonly sentAt: number;
  readonly firstTokenAt?: number;
  /** When the last piece came, or the answer ended. */
  readonly lastAt?: number;
  /** Pieces of text: about one token each, until `usage` has the true count. */
  readonly deltas: number;
  readonly usage?: TokenUsage;
  /** The target that responded: a pool, or `<provider>/<model>`. */
  readonly target?: string;
  /** `hit`, `miss` or `bypass`. */
  readonly cache?: string;
  readonly requestId?: string;
  /** Share of the fullest limit that is used up, from 0 to 1. */
  readonly usedQuota?: number;
}

export function isRunning({ phase }: Turn): boolean {
  return phase === "waiting" || phase === "thinking" || phase === "writing";
}

/** Milliseconds from the request to the first token; `undefined` before it. */
export function timeToFirstToken({ sentAt, firstTokenAt }: Figures): number | undefined {
  return firstTokenAt === undefined ? undefined : firstTokenAt - sentAt;
}

/** Tokens of the answer, and whether they were counted by the API rather than by pieces. */
export function completionTokens({ usage, deltas }: Figures): { readonly tokens: number; readonly isCounted: boolean } {
  return usage === undefined
    ? { tokens: deltas, isCounted: false }
    : { tokens: usage.completionTokens, isCounted: true };
}

/** Tokens a second after the first one; `undefined` before the second. */
export function tokensPerSecond(figures: Figures): number | undefined {
  const { firstTokenAt, lastAt } = figures;
  const { tokens } = completionTokens(figures);
  if (firstTokenAt === undefined || lastAt === undefined || tokens < 2 || lastAt <= firstTokenAt) return undefined;
  return ((tokens - 1) / (lastAt - firstTokenAt)) * 1000;
}

/** What the headers of a response say of it. */
export function figuresOfHeaders(headers: Headers): Partial<Figures> {
  const used = ["requests", "tokens"].flatMap((kind) => {
    const limit = Number(headers.get(`x-ratelimit-limit-${kind}`) ?? Number.NaN);
    const left = Number(headers.get(`x-ratelimit-remaining-${kind}`) ?? Number.NaN);
    return limit > 0 && left >= 0 ? [1 - Math.min(left / limit, 1)] : [];
  });
  const texts = { target: "x-sluice-target", cache: "x-sluice-cache", requestId: "x-request-id" };
  const found = Object.entries(texts).flatMap(([name, header]) => {
    const value = headers.get(header);
    return value === null ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(found), ...(used.length === 0 ? {} : { usedQuota: Math.max(...used) }) };
}

/** The messages of a conversation so far, for the next request. A prompt without an answer is left out. */
export function messagesOf(turns: readonly Turn[]): readonly ChatMessage[] {
  return turns.flatMap(({ prompt, text }): readonly ChatMessage[] =>
    text === ""
      ? []
      : [
          { role: "user", content: prompt },
          { role: "assistant", content: text },
        ],
  );
}
