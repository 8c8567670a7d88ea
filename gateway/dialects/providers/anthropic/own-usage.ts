import { isRecord } from "../../../../lib/is-record.ts";
import { countOf } from "../../../outside-values/token-count.ts";

type Fields = Readonly<Record<string, unknown>>;

/** The tokens of a message whose server does not count them, estimated. */
export interface EstimatedTokens {
  readonly input: number;
  readonly output: number;
}

/**
 * The usage of a message of Anthropic's for a client of Messages: as it is, but for counts that are nonsense. The estimate,
 * which is paid then, stands for a prompt or a response without a count.
 */
export function ownUsage(usage: unknown, estimate: EstimatedTokens): Fields {
  const own = isRecord(usage) ? soundCounts(usage) : {};
  const isCounted = countOf(own.input_tokens) !== undefined && countOf(own.output_tokens) !== undefined;
  return isCounted ? own : { input_tokens: estimate.input, output_tokens: estimate.output };
}

/** The fields without counts of tokens that no message can have. */
export function soundCounts(usage: Fields): Fields {
  const entries = Object.entries(usage).filter(
    ([name, value]) => !name.endsWith("_tokens") || value === null || countOf(value) !== undefined,
  );
  return Object.fromEntries(entries.map(([name, value]) => [name, isRecord(value) ? soundCounts(value) : value]));
}
