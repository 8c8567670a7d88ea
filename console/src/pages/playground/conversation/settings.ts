import type { ChatMessage } from "./chat-messages.ts";
import type { FunctionTool, ResponseFormat, ToolChoice } from "./tools.ts";

/** What a request is made of beside its messages. An absent parameter is the model's own. */
export interface Settings {
  readonly system: string;
  readonly parameters: Parameters;
  readonly tools: readonly FunctionTool[];
  readonly toolChoice: ToolChoice;
  readonly format: ResponseFormat;
  /** How much models that can think do so. @default - the model's own */
  readonly effort?: Effort | undefined;
  /** Characters of system prompt and prompt together beyond which nothing is sent. */
  readonly promptLimit: number;
}

/** Values of `reasoning_effort` that every model has that takes it. */
export const EFFORTS = ["low", "medium", "high"] as const;
export type Effort = (typeof EFFORTS)[number];

export type Parameters = { readonly [Name in ParameterName]?: number };
export type ParameterName = (typeof PARAMETERS)[number]["name"];

/** Parameters of chat completions with their bounds, which are those of the API (`contracts/api/sampling.ts`). */
export const PARAMETERS = [
  { name: "temperature", min: 0, max: 2, isWhole: false },
  { name: "top_p", min: 0, max: 1, isWhole: false },
  { name: "max_tokens", min: 1, max: 1_000_000, isWhole: true },
  { name: "presence_penalty", min: -2, max: 2, isWhole: false },
  { name: "frequency_penalty", min: -2, max: 2, isWhole: false },
  { name: "seed", min: 0, max: Number.MAX_SAFE_INTEGER, isWhole: true },
] as const satisfies readonly {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly isWhole: boolean;
}[];

/** About 8000 tokens of English. */
export const DEFAULT_PROMPT_LIMIT = 32_000;
/** The longest prompt that one may set: more makes the page itself slow. */
export const MAX_PROMPT_LIMIT = 1_000_000;
/** Models side by side. */
export const MAX_PANES = 4;

export const DEFAULT_SETTINGS: Settings = {
  system: "",
  parameters: {},
  tools: [],
  toolChoice: "auto",
  format: { type: "text" },
  promptLimit: DEFAULT_PROMPT_LIMIT,
};

/** Whether the API takes the value. `top_p` must be above 0. */
export function isInBounds(name: ParameterName, value: number): boolean {
  const bounds = PARAMETERS.find((parameter) => parameter.name === name);
  if (bounds === undefined || (name === "top_p" && value <= 0)) return false;
  return value >= bounds.min && value <= bounds.max && (!bounds.isWhole || Number.isInteger(value));
}

/** What of a model decides which settings it gets. */
export interface ModelLimits {
  readonly id: string;
  /** Whether it calls tools, and whether its answer follows a schema. Both where the service does not say what it can. */
  readonly callsTools: boolean;
  readonly followsSchemas: boolean;
  /** Whether it takes `reasoning_effort`. */
  readonly reasons: boolean;
  /** Tokens of prompt and completion together. @default - not known */
  readonly contextTokens: number | undefined;
}

/** The settings without what the model can't. @param model @default - nothing is known of it */
export function settingsFor(settings: Settings, model: ModelLimits | undefined): Settings {
  if (model === undefined) return settings;
  const { max_tokens: most = 0 } = settings.parameters;
  const { contextTokens = most } = model;
  return {
    ...settings,
    ...(model.callsTools ? {} : { tools: [] }),
    ...(model.reasons ? {} : { effort: undefined }),
    ...(model.followsSchemas || settings.format.type !== "json_schema" ? {} : { format: { type: "text" } as const }),
    ...(most > contextTokens ? { parameters: { ...settings.parameters, max_tokens: contextTokens } } : {}),
  };
}

/** The body of the request, without what only a page needs of it. */
export function requestBody(model: string, settings: Settings, messages: readonly ChatMessage[]) {
  const system: readonly ChatMessage[] =
    settings.system.trim() === "" ? [] : [{ role: "system", content: settings.system }];
  const { tools, toolChoice, format, parameters, effort } = settings;
  return {
    model,
    messages: [...system, ...messages],
    ...parameters,
    ...(effort === undefined ? {} : { reasoning_effort: effort }),
    ...(tools.length === 0 ? {} : { tools: [...tools] }),
    ...(tools.length === 0 || toolChoice === "auto" ? {} : { tool_choice: toolChoice }),
    ...(format.type === "text" ? {} : { response_format: format }),
  };
}

export type RequestBody = ReturnType<typeof requestBody>;
