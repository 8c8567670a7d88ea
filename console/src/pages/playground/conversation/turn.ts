import type { TokenPrice } from "../../../../../ui/models/token-price.ts";
import type { Problem } from "../../../../../ui/stream/problem.ts";
import type { TokenUsage } from "../../../../../ui/stream/stream-chat.ts";
import type { BranchTurn } from "./branches.ts";
import type { Exchange } from "./chat-messages.ts";

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

/** One prompt, or the results of tool calls, with its answer. */
export interface Turn extends BranchTurn, Exchange {
  /** The same for the turns of all panes that got one prompt. */
  readonly round: number;
  readonly model: string;
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
  /** Calls to targets that were made. */
  readonly attempts?: string;
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

/** Milliseconds from the request to the last token so far. */
export function duration({ sentAt, lastAt }: Figures): number | undefined {
  return lastAt === undefined ? undefined : lastAt - sentAt;
}

/** What the answer costs by the model's price, in nano-dollars; `undefined` before its tokens are counted. A hit of the cache costs nothing. */
export function costOf({ usage, cache }: Figures, price: TokenPrice | undefined): bigint | undefined {
  if (usage === undefined || price === undefined) return undefined;
  if (cache === "hit") return 0n;
  const { inputUsdPerMillion, outputUsdPerMillion } = price;
  // A millionth of a dollar is a thousand nano-dollars.
  return BigInt(
    Math.ceil(1000 * (usage.promptTokens * inputUsdPerMillion + usage.completionTokens * outputUsdPerMillion)),
  );
}

/** What the headers of a response say of it. */
export function figuresOfHeaders(headers: Headers): Partial<Figures> {
  const used = ["requests", "tokens"].flatMap((kind) => {
    const limit = Number(headers.get(`x-ratelimit-limit-${kind}`) ?? Number.NaN);
    const left = Number(headers.get(`x-ratelimit-remaining-${kind}`) ?? Number.NaN);
    return limit > 0 && left >= 0 ? [1 - Math.min(left / limit, 1)] : [];
  });
  const texts = {
    target: "x-sluice-target",
    cache: "x-sluice-cache",
    attempts: "x-sluice-attempts",
    requestId: "x-request-id",
  };
  const found = Object.entries(texts).flatMap(([name, header]) => {
    const value = headers.get(header);
    return value === null ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(found), ...(used.length === 0 ? {} : { usedQuota: Math.max(...used) }) };
}
