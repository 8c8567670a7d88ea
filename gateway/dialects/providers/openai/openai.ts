import { isRecord } from "../../../../lib/is-record.ts";
import type { OutboundDialect, UpstreamProblem } from "../../../core/dialect.ts";
import { itemsOf, parseJson, textOf } from "../../inner/json.ts";
import { withBody } from "../../inner/provider-dialect.ts";
import { isUsageLimit, namedField, refusalCode, refusalProblem } from "../../refusals/refusals.ts";
import { openAiBody } from "./openai-body.ts";
import { openAiResponse } from "./openai-response.ts";
import type { OpenAiServer } from "./translated-chat.ts";

type Fields = Readonly<Record<string, unknown>>;

/** OpenAI's own dialect: OpenAI, Together, Hugging Face's router, Ollama and others. Bytes pass as they are. */
export const OPENAI_DIALECT = openAiDialect("provider");
/** The same at our own engines, which are vLLM's. */
export const ENGINE_DIALECT = openAiDialect("engine");

function openAiDialect(server: OpenAiServer): OutboundDialect {
  return {
    name: "openai",
    streamMediaType: "text/event-stream",
    encode({ generation, model }) {
      return withBody({ path: generation.route, headers: {} }, openAiBody(generation, model, server));
    },
    decodeWhole: openAiResponse,
    decodeStream: () => undefined,
    decodeProblem: (_status, body) => openAiProblem(body),
  };
}

/** Of the path of a field. */
const MAX_PATH = 8;
const MAX_KEY_CHARACTERS = 40;

/** Codes about our account, whatever the status is. */
const ACCOUNT_CODES = new Set([
  "account_deactivated",
  "billing_hard_limit_reached",
  "billing_not_active",
  "insufficient_quota",
  "invalid_api_key",
]);

/** The same in words: servers of this dialect have codes of their own, or none. */
const ACCOUNT =
  /credit (balance|limit)|insufficient (balance|credits?|funds|quota)|current quota|billing|payment (is )?required|organization must be verified|account (is |has been )?(not active|deactivated|disabled|suspended)/i;

/** Codes of a prompt that a filter refused: Azure's and OpenAI's, and those of servers in their dialect. */
const FILTER_CODES = new Set([
  "content_filter",
  "content_policy_violation",
  "invalid_prompt",
  "moderation_blocked",
  "data_inspection_failed",
]);

/**
 * OpenAI's and vLLM's form is `{"error":{…}}`; older vLLM has the fields at the top; FastAPI has `detail`; xAI and Hugging
 * Face have the text itself in `error`. FastAPI's `detail` is a list where a field is wrong, Mistral has it in `message`, and
 * others list their `errors`.
 */
export function openAiProblem(body: string): UpstreamProblem {
  const parsed = parseJson(body);
  const error = isRecord(parsed) && isRecord(parsed.error) ? parsed.error : parsed;
  if (!isRecord(error)) return {};
  const { param, code } = error;
  const listed = listedProblems(error);
  const message = textOf(error.message) ?? textOf(error.error) ?? textOf(error.detail) ?? listed.message;
  const refusal = isFiltered(error) ? "content_filter" : refusalCode(message ?? "");
  return {
    ...(typeof code === "string" ? { code } : {}),
    ...namedField(param ?? listed.param),
    ...(message === undefined ? {} : refusalProblem(message, refusal)),
    ...(refusal === undefined ? {} : { code: refusal }),
    ...(isAboutAccount(code, message) ? { isAboutAccount: true } : {}),
  };
}

/** Of a list of problems; one that is longer says no more. */
const MAX_LISTED = 5;
const MAX_LISTED_CHARACTERS = 500;

interface ListedProblems {
  readonly message?: string;
  /** The field of the first. */
  readonly param?: string;
}

/** The problems that a server lists: texts, or objects with `msg` or `message`, and the path of the field in `loc`. */
function listedProblems({ detail, errors, message }: Fields): ListedProblems {
  const inMessage = isRecord(message) ? message.detail : undefined;
  const list = [detail, inMessage, errors].find((value) => Array.isArray(value) && value.length > 0);
  const problems = itemsOf(list).slice(0, MAX_LISTED).map(listedProblem);
  const texts = problems.flatMap(({ message: text }) => (text === undefined ? [] : [text]));
  const param = problems[0]?.param;
  return {
    ...(texts.length === 0 ? {} : { message: texts.join("; ") }),
    ...(param === undefined ? {} : { param }),
  };
}

function listedProblem(problem: unknown): ListedProblems {
  const { msg, message, loc } = isRecord(problem) ? problem : { msg: problem };
  const text = (textOf(msg) ?? textOf(message))?.slice(0, MAX_LISTED_CHARACTERS);
  const path = itemsOf(loc);
  const param = pathOf(path[0] === "body" ? path.slice(1) : path);
  if (text === undefined) return {};
  return param === "" ? { message: text } : { message: `${param}: ${text}`, param };
}

/** `["messages", 0, "content"]` as `messages[0].content`; empty where it is no path, or is longer than any of ours. */
function pathOf(keys: readonly unknown[]): string {
  const isPath = keys.length <= MAX_PATH && keys.every((key) => typeof key === "string" || typeof key === "number");
  if (!isPath) return "";
  return keys
    .map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key).slice(0, MAX_KEY_CHARACTERS)}`))
    .join("")
    .replace(/^\./, "");
}

/** By the code, or by the reasons that OpenRouter lists beside the status 403. */
function isFiltered({ code, metadata }: Fields): boolean {
  if (typeof code === "string" && FILTER_CODES.has(code)) return true;
  return isRecord(metadata) && Array.isArray(metadata.reasons) && metadata.reasons.length > 0;
}

function isAboutAccount(code: unknown, message: unknown): boolean {
  if (typeof code === "string" && ACCOUNT_CODES.has(code)) return true;
  return typeof message === "string" && (ACCOUNT.test(message) || isUsageLimit(message));
}
