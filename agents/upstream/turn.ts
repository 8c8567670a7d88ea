/** What a scripted model does in one turn, in no dialect's words. */
export interface Turn {
  /** Thinking before the text. */
  readonly thinking?: string;
  readonly text?: string;
  readonly calls?: readonly ToolCall[];
  /** Arguments of the tool that the request forces, or JSON as text where it forces none. */
  readonly object?: Readonly<Record<string, unknown>>;
  /** Tokens of the prompt that the provider found in its cache. @default 0 */
  readonly cachedTokens?: number;
  /** The first request for this turn fails with this; the next one gets the turn. */
  readonly failsFirst?: { readonly status: number; readonly type: string; readonly message: string };
}

export interface ToolCall {
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** A conversation that the upstream plays: a turn for each assistant message. */
export type Script = readonly Turn[];

/** The response where the script has no turn: to side requests, such as one for a title, and after the script's end. */
export const UNSCRIPTED: Turn = { text: "Nothing more to do." };

/** Tokens that every scripted turn says it has used. */
export const USAGE = { input: 1200, output: 34 } as const;

/** A text in pieces, as a stream has it. @param length characters of a piece */
export function pieces(text: string, length = 7): readonly string[] {
  return text.match(new RegExp(`[\\s\\S]{1,${length}}`, "g")) ?? [];
}
