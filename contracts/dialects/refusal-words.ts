/**
 * The words in which the APIs of each dialect refuse a prompt: agents look for them, and then shorten the conversation or
 * give up instead of trying again.
 */

/** Anthropic's own words, perhaps behind others. The second has numbers by which agents lower `max_tokens`. */
const ANTHROPIC_TOO_LONG = /(?:prompt is too long|input length and `max_tokens` exceed context limit).*/is;
/** What is too long is not the prompt alone. */
const ABOUT_RESPONSE = /max_|completion|output|response/i;
const COUNT = /(?<![\w-])\d{3,9}(?![\w-])/g;

/** A prompt that is over the model's context, for clients of OpenAI's dialects. */
export function openAiTooLong(message: string): string {
  if (/maximum context length|context window/i.test(message)) return message;
  const counts = countsIn(message);
  return counts === undefined
    ? `The prompt is over this model's maximum context length: ${message}`
    : `This model's maximum context length is ${counts.limit} tokens, but the prompt has ${counts.prompt}. Shorten the prompt.`;
}

/** The same for clients of Anthropic's Messages. */
export function anthropicTooLong(message: string): string {
  const [own] = ANTHROPIC_TOO_LONG.exec(message) ?? [];
  if (own !== undefined) return own;
  const counts = countsIn(message);
  return `prompt is too long: ${counts === undefined ? message : `${counts.prompt} tokens > ${counts.limit} maximum`}`;
}

/** A prompt or completion that a filter refused, for clients of Anthropic's Messages. */
export function anthropicFiltered(message: string): string {
  const words = "blocked by content filtering policy";
  return message.toLowerCase().includes(words) ? message : `Output ${words}: ${message}`;
}

/** Both numbers of a message that has two; of others it is not known which they are. */
function countsIn(message: string): { readonly limit: number; readonly prompt: number } | undefined {
  if (ABOUT_RESPONSE.test(message)) return undefined;
  const [limit, prompt, ...more] = [...new Set([...message.matchAll(COUNT)].map(Number))].sort((a, b) => a - b);
  return limit === undefined || prompt === undefined || more.length > 0 ? undefined : { limit, prompt };
}
