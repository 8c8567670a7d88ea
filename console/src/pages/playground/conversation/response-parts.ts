import type { ResponsePart, ToolCallPiece } from "../../../../../ui/stream/stream-chat.ts";
import type { ToolCall } from "./chat-messages.ts";
import type { Turn } from "./turn.ts";

/** Most calls of an answer that are shown: a request has at most as many tools. */
const MAX_CALLS = 128;

/** Parts that came since the frame before, as one. */
export interface TimedPart extends ResponsePart {
  /** When the first and the last of its tokens came. */
  readonly firstAt?: number;
  readonly lastAt?: number;
}

export interface PartsPerFrame {
  readonly push: (part: ResponsePart) => void;
  readonly end: () => void;
}

/** A turn with what came of its answer. */
export function withPart(turn: Turn, part: TimedPart, now: number): Turn {
  const { figures } = turn;
  const text = turn.text + part.text;
  const thinking = turn.thinking + (part.thinking ?? "");
  const toolCalls = withPieces(turn.toolCalls, part.toolCalls ?? []);
  const { usage = figures.usage, finishReason = turn.finishReason } = part;
  const firstTokenAt = figures.firstTokenAt ?? part.firstAt;
  const hasResponse = text !== "" || toolCalls.length > 0;
  return {
    ...turn,
    text,
    thinking,
    toolCalls,
    phase: hasResponse ? "writing" : thinking === "" ? "waiting" : "thinking",
    ...(finishReason === undefined ? {} : { finishReason }),
    figures: {
      ...figures,
      deltas: figures.deltas + part.deltas,
      lastAt: part.lastAt ?? figures.lastAt ?? now,
      ...(firstTokenAt === undefined ? {} : { firstTokenAt }),
      ...(usage === undefined ? {} : { usage }),
    },
  };
}

/** Adds pieces to the calls so far. A piece with an index that leaves a gap begins the next call. */
function withPieces(calls: readonly ToolCall[], pieces: readonly ToolCallPiece[]): readonly ToolCall[] {
  if (pieces.length === 0) return calls;
  const all = [...calls];
  for (const { index, id, name, arguments: text } of pieces) {
    const at = Math.min(Math.max(Math.trunc(index), 0), all.length);
    const call = all[at];
    if (call === undefined && all.length >= MAX_CALLS) continue;
    all[at] = {
      id: call?.id ?? id ?? `call_${at}`,
      type: "function",
      function: {
        name: call?.function.name || (name ?? ""),
        arguments: (call?.function.arguments ?? "") + text,
      },
    };
  }
  return all;
}

/** Passes parts on once a frame, however fast they come. A hidden page has no frames: there it all comes with `end`. */
export function partsPerFrame(onPart: (part: TimedPart) => void): PartsPerFrame {
  let waiting: TimedPart | undefined;
  let frame: number | undefined;
  const flush = () => {
    const part = waiting;
    waiting = undefined;
    frame = undefined;
    if (part !== undefined) onPart(part);
  };
  return {
    push: (part) => {
      waiting = joined(waiting, part, performance.now());
      frame ??= requestAnimationFrame(flush);
    },
    end: () => {
      if (frame !== undefined) cancelAnimationFrame(frame);
      flush();
    },
  };
}

function joined(before: TimedPart | undefined, part: ResponsePart, now: number): TimedPart {
  const times = part.deltas === 0 ? {} : { firstAt: before?.firstAt ?? now, lastAt: now };
  if (before === undefined) return { ...part, ...times };
  const toolCalls = [...(before.toolCalls ?? []), ...(part.toolCalls ?? [])];
  return {
    ...before,
    ...part,
    text: before.text + part.text,
    thinking: (before.thinking ?? "") + (part.thinking ?? ""),
    ...(toolCalls.length === 0 ? {} : { toolCalls }),
    deltas: before.deltas + part.deltas,
    ...times,
  };
}
