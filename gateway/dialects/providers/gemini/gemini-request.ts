import { isRecord } from "../../../../lib/is-record.ts";
import { readConversation } from "../../inner/conversation.ts";
import { textOf } from "../../inner/json.ts";
import { refuse } from "../../inner/refuse.ts";
import { maxTokensOf, numberOf, refuseOnlyOpenAi, responseSchema, stopSequences } from "../../inner/sampling-fields.ts";
import { readTools, type ToolSet } from "../../inner/tool-definitions.ts";
import { geminiContents } from "./gemini-content.ts";

type Fields = Readonly<Record<string, unknown>>;

const DIALECT = "Gemini's generateContent";
/** Fields of OpenAI's that the service has too. */
const SUPPORTED = new Set(["logprobs", "top_logprobs", "presence_penalty", "frequency_penalty"]);
/**
 * OpenAI's effort as a budget of tokens and as a level, by Google's own table for its OpenAI-compatible endpoint
 * (ai.google.dev/gemini-api/docs/openai, "Thinking"). Models from Gemini 3 on take levels, those before budgets.
 */
const EFFORT: Readonly<Record<string, { readonly budget: number; readonly level: string }>> = {
  none: { budget: 0, level: "minimal" },
  minimal: { budget: 1024, level: "minimal" },
  low: { budget: 1024, level: "low" },
  medium: { budget: 8192, level: "medium" },
  high: { budget: 24_576, level: "high" },
  xhigh: { budget: 24_576, level: "high" },
};
/**
 * The value that the service takes instead of a signature of its own
 * (ai.google.dev/gemini-api/docs/thought-signatures).
 */
const SKIP_SIGNATURE = "skip_thought_signature_validator";

/**
 * A chat completion's body as one of `models/{model}:generateContent`.
 * @throws {GatewayError} `invalid_request` naming the field that can't be expressed
 */
export function geminiRequest(fields: Fields, model: string): Fields {
  refuseOnlyOpenAi(fields, DIALECT, SUPPORTED);
  const conversation = readConversation(fields.messages);
  const toolSet = readTools(fields, conversation);
  const takesLevels = /gemini-[3-9]/.test(model);
  const generationConfig = {
    ...samplingConfig(fields),
    ...formatConfig(fields),
    ...thinkingConfig(fields, takesLevels),
  };
  return {
    contents: geminiContents(conversation, { missingSignature: takesLevels ? SKIP_SIGNATURE : undefined }),
    ...systemInstruction(conversation.system.map((block) => (block.kind === "text" ? block.text : ""))),
    ...toolConfig(toolSet),
    ...(Object.keys(generationConfig).length > 0 ? { generationConfig } : {}),
  };
}

function systemInstruction(texts: readonly string[]): Fields {
  const parts = texts.filter((text) => text !== "").map((text) => ({ text }));
  return parts.length === 0 ? {} : { systemInstruction: { parts } };
}

function samplingConfig(fields: Fields): Fields {
  const stop = stopSequences(fields);
  const values = {
    temperature: numberOf(fields.temperature),
    topP: numberOf(fields.top_p),
    topK: positive(fields.top_k),
    maxOutputTokens: maxTokensOf(fields),
    seed: numberOf(fields.seed),
    presencePenalty: nonZero(fields.presence_penalty),
    frequencyPenalty: nonZero(fields.frequency_penalty),
    ...(fields.logprobs === true ? { responseLogprobs: true, logprobs: positive(fields.top_logprobs) } : {}),
  };
  const set = Object.entries(values).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(set), ...(stop.length > 0 ? { stopSequences: stop } : {}) };
}

function positive(value: unknown): number | undefined {
  const number = numberOf(value);
  return number !== undefined && number > 0 ? number : undefined;
}

function nonZero(value: unknown): number | undefined {
  const number = numberOf(value);
  return number === 0 ? undefined : number;
}

/** JSON without a schema is possible here. */
function formatConfig(fields: Fields): Fields {
  const { response_format: format } = fields;
  if (isRecord(format) && format.type === "json_object") return { responseMimeType: "application/json" };
  const schema = responseSchema(fields, DIALECT);
  return schema === undefined ? {} : { responseMimeType: "application/json", responseJsonSchema: schema };
}

function thinkingConfig(fields: Fields, takesLevels: boolean): Fields {
  const { thinking } = fields;
  if (isRecord(thinking) && thinking.type === "enabled") {
    const thinkingBudget = numberOf(thinking.budget_tokens);
    return {
      thinkingConfig: { includeThoughts: true, ...(thinkingBudget === undefined ? {} : { thinkingBudget }) },
    };
  }
  const effort = textOf(fields.reasoning_effort);
  if (effort === undefined)
    return isRecord(thinking) && thinking.type === "adaptive" ? { thinkingConfig: { includeThoughts: true } } : {};
  const known = Object.hasOwn(EFFORT, effort) ? EFFORT[effort] : undefined;
  if (known === undefined)
    throw refuse("reasoning_effort", `\`reasoning_effort\` must be one of ${Object.keys(EFFORT).join(", ")}.`);
  const amount = takesLevels ? { thinkingLevel: known.level } : { thinkingBudget: known.budget };
  return { thinkingConfig: { ...amount, ...(effort === "none" ? {} : { includeThoughts: true }) } };
}

function toolConfig({ tools, choice, isParallel }: ToolSet): Fields {
  if (tools.length === 0) return {};
  if (!isParallel)
    throw refuse("parallel_tool_calls", "`parallel_tool_calls` can't be switched off for this model; leave it out.");
  const functionDeclarations = tools.map(({ name, description, schema }) => ({
    name,
    ...(description === undefined ? {} : { description }),
    parametersJsonSchema: schema,
  }));
  const functionCallingConfig = callingConfig(choice);
  return {
    tools: [{ functionDeclarations }],
    ...(functionCallingConfig === undefined ? {} : { toolConfig: { functionCallingConfig } }),
  };
}

function callingConfig(choice: ToolSet["choice"]): Fields | undefined {
  if (choice === undefined) return undefined;
  if (typeof choice === "object") return { mode: "ANY", allowedFunctionNames: [choice.name] };
  return { mode: { auto: "AUTO", none: "NONE", required: "ANY" }[choice] };
}
