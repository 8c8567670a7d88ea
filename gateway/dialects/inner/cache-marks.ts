import { isRecord } from "../../../lib/is-record.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * The mark of Anthropic's Messages up to which a prompt is cached. It stands beside the fields of a part, message, call
 * or tool, under a symbol, which JSON leaves out: targets of OpenAI's dialect never get it.
 */
const CACHE_MARK = Symbol("cache_control");

/** The mark of a block, for what the block becomes. */
export function storedMark(block: unknown): Fields {
  const mark = isRecord(block) ? block.cache_control : undefined;
  return isRecord(mark) ? { [CACHE_MARK]: mark } : {};
}

/** A mark of the translation, or one that a client of the OpenAI dialect wrote itself; `undefined` for none. */
export function markOf(value: unknown): Fields | undefined {
  if (!isRecord(value)) return undefined;
  const stored: unknown = Reflect.get(value, CACHE_MARK);
  const mark = stored ?? value.cache_control;
  return isRecord(mark) ? mark : undefined;
}
