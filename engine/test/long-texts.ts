import { longestTurn } from "../../test-support/longest-turn.ts";

/** Runs some work, and returns its result and the most CPU time that the thread took without a turn for other work. */
export async function withLongestHold<Result>(work: () => Promise<Result>) {
  const result = Promise.withResolvers<Result>();
  const longest = await longestTurn(() => work().then(result.resolve));
  return { result: await result.promise, longest };
}
/** A message with a call whose argument is this text. */
export const callOf = (text: string) => ({
  role: "assistant",
  content: null,
  tool_calls: [{ id: "c", type: "function", function: { name: "f", arguments: JSON.stringify({ text }) } }],
});
/** A tool with this description. */
export const toolOf = (description: string) => ({
  type: "function",
  function: { name: "f", description, parameters: {} },
});
/** A format of a response whose schema has this description. */
export const formatOf = (description: string) => ({
  type: "json_schema",
  json_schema: { name: "a", schema: { type: "object", description } },
});
/** Units of text that cost a tokenizer more than prose, each with its name. */
export const ODD_UNITS = [
  ["one letter", "a"],
  ["white space", " "],
  ["emoji", "\u{1f600}"],
  ["brackets", "{[("],
  ["digits", "0123456789"],
  ["ideographs", "\u4e2d\u6587"],
  ["accents", "e\u0301"],
  ["words", "word "],
] as const;
