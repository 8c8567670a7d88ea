import { openAiTooLong } from "../../../contracts/dialects/refusal-words.ts";
import type { UpstreamProblem } from "../../core/dialect.ts";
import { GatewayError } from "../../core/gateway-error.ts";

/** Refusals that clients handle by their code. */
export type RefusalCode = "context_length_exceeded" | "content_filter";

/**
 * The services' own words. One list for all of them: Bedrock and routers such as OpenRouter pass on what the makers of
 * their models write.
 */
const TOO_LONG = [
  /context (?:length|window|limit|size)/i,
  /(?:prompt|input) is too long/i,
  /maximum (?:model|prompt) length/i,
  /max_model_len/i,
  /too many input tokens|input tokens exceeded|maximum tokens you requested exceeds/i,
  /input token count|exceeds the maximum number of tokens/i,
  /must have less than \d{1,9} tokens|`inputs` tokens \+ `max_new_tokens`/i,
  /reduce the length of the (?:messages|prompt|input)/i,
];
const FILTERED = [
  /content management policy|ResponsibleAIPolicy/i,
  /blocked by (?:our )?content filter/i,
  /content exists risk/i,
  /flagged as potentially violating|input was flagged/i,
  /violates? (?:our |the )?(?:usage|content) (?:polic|guideline)/i,
  /rejected (?:as a result of|by) (?:our|the) safety system/i,
  /may contain inappropriate content/i,
];
/** What a refusal may name of our account. */
const OURS = /\bteam\b|api key|organi[sz]ation|\borg-|\baccount\b|\bproject\b/i;

/** Limits that the operator has set for our account, in the words of Anthropic and of servers in its dialect. */
const USAGE_LIMITS = /\bAPI usage limits?\b|you will regain access/i;
/** Keys, and the names of organizations, projects and accounts, as the services write them. */
const OUR_NAMES =
  /\b(?:sk|gsk|xai|hf|r8)[-_][\w*-]{8,}|\b(?:org|proj|user|team|acct|wrkspc)[-_](?=[\w*-]*\d)[\w*-]{8,}|\bAIza[\w-]{10,}|\bAKIA\w{8,}|\barn:[\w:/.*-]+/g;
/** No field of ours has a longer path. */
const MAX_PARAM_LENGTH = 200;

/** Whether a message is about the limits of our account. */
export function isUsageLimit(message: string): boolean {
  return USAGE_LIMITS.test(message);
}

/** A service's message without the keys and names that it may have of our account. */
export function withoutOurNames(message: string): string {
  return message.replace(OUR_NAMES, "…");
}

/** The path of a field, as a service names it; nothing for a text that is none. */
export function namedField(param: unknown): { readonly param?: string } {
  if (typeof param !== "string" || param.length > MAX_PARAM_LENGTH) return {};
  return { param: withoutOurNames(param) };
}

/** The code of a refusal, by its words; `undefined` for another problem. */
export function refusalCode(message: string): RefusalCode | undefined {
  if (FILTERED.some((words) => words.test(message))) return "content_filter";
  return TOO_LONG.some((words) => words.test(message)) ? "context_length_exceeded" : undefined;
}

/** The same for an error response. A filter's refusal may name our account: then its words are the gateway's. */
export function refusalProblem(message: string, code = refusalCode(message)): UpstreamProblem {
  if (code === undefined) return { message: withoutOurNames(message) };
  return code === "content_filter" && OURS.test(message) ? { code } : { code, message: withoutOurNames(message) };
}

/** A refusal as the client's error, in OpenAI's words. */
export function refusalError(code: RefusalCode, message: string | undefined, param?: string): GatewayError {
  const words = message !== undefined && code === "context_length_exceeded" ? openAiTooLong(message) : message;
  return new GatewayError(code, {
    ...(words === undefined ? {} : { message: words }),
    ...(param === undefined ? {} : { param }),
  });
}

/** The refusal that an error in the middle of a stream is; `undefined` for another problem. */
export function streamRefusal(message: string | undefined): GatewayError | undefined {
  const problem = message === undefined ? {} : refusalProblem(message);
  const { code } = problem;
  return code === "content_filter" || code === "context_length_exceeded"
    ? refusalError(code, problem.message)
    : undefined;
}
