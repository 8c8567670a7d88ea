import { createHash } from "node:crypto";
import { MAX_TOOL_NAME, TOOL_NAME } from "../../../../contracts/api/sampling.ts";
import { isRecord } from "../../../../lib/is-record.ts";
import { JsonTexts } from "../../../outside-values/json-texts.ts";
import { itemsOf, textOf } from "../../inner/json.ts";
import { kindOf, refuse, shownName } from "../../inner/refuse.ts";

type Fields = Readonly<Record<string, unknown>>;

export interface ChatTool {
  readonly type: "function";
  readonly function: Fields;
}

/** What a function of the chat completion is to the client. */
export interface ToolOrigin {
  readonly kind: "function" | "custom" | "tool_search";
  /** The client's name for it, within its namespace. */
  readonly name: string;
  readonly namespace: string | undefined;
}

/** The tools of a request, as functions of a chat completion. */
export interface ResponsesTools {
  readonly functions: readonly ChatTool[];
  /** By the function's name. */
  readonly origins: ReadonlyMap<string, ToolOrigin>;
  /** Types of tools that agents send by default and can do without: they are left out, and the response lists them. */
  readonly hosted: readonly string[];
}

/** OpenAI's limit for the name of a function. */
const MAX_NAME_CHARACTERS = 64;
const HASH_CHARACTERS = 8;

/**
 * Functions stay as they are, those of a namespace get its name in front, and a custom tool, which takes any text,
 * becomes a function with that text as its one argument. A search for tools that the client runs is a function too. Tools of
 * other types run at OpenAI, or have a form that only its models support: some are left out, the others refused.
 * @param param what errors call the tools
 * @throws {GatewayError} `invalid_request` for a tool without a name, or with one that OpenAI refuses, and for one that no target here runs
 */
export function readTools(tools: unknown, param = "tools"): ResponsesTools {
  const functions: ChatTool[] = [];
  const origins = new Map<string, ToolOrigin>();
  const hosted = new Set<string>();
  const add = (tool: unknown, at: string, namespace: string | undefined): void => {
    const fields = isRecord(tool) ? tool : {};
    if (fields.type === "namespace") {
      for (const [index, inner] of itemsOf(fields.tools).entries())
        add(inner, `${at}.tools[${index}]`, textOf(fields.name) ?? "");
      return;
    }
    if (isClientSearch(fields)) {
      functions.push({ type: "function", function: searchFunction(fields) });
      origins.set(TOOL_SEARCH, { kind: TOOL_SEARCH, name: TOOL_SEARCH, namespace: undefined });
      return;
    }
    if (fields.type !== "function" && fields.type !== "custom") {
      const type = String(fields.type);
      if (!isOptional(type)) throw refuse(`${at}.type`, hostedToolProblem(`${at}.type`, fields.type));
      hosted.add(type);
      return;
    }
    const name = textOf(fields.name);
    if (name === undefined) throw refuse(`${at}.name`, `\`${at}.name\` is required; add it.`);
    if (!TOOL_NAME.test(name) || name.length > MAX_TOOL_NAME.responses)
      throw refuse(
        `${at}.name`,
        `\`${at}.name\` must have at most ${MAX_TOOL_NAME.responses} letters, digits, underscores and hyphens, got ${shownName(name)}; rename the tool.`,
      );
    const flat = flatName(namespace, name);
    if (!origins.has(flat)) functions.push({ type: "function", function: { ...functionOf(fields), name: flat } });
    origins.set(flat, { kind: fields.type, name, namespace });
  };
  for (const [index, tool] of itemsOf(tools).entries()) add(tool, `${param}[${index}]`, undefined);
  return { functions, origins, hosted: [...hosted] };
}

/**
 * The fields with the tools of `additional_tools` items, and of those that a search found, behind their own: Codex CLI
 * sends all of its tools so to the models that it knows.
 * @param items the input, after `before` earlier items of the conversation
 * @throws {GatewayError} `invalid_request` for a tool without a name
 */
export function withAdditionalTools(fields: Fields, items: readonly Fields[], before: number): Fields {
  const additional = items.flatMap((item, index) => {
    if (item.type !== ADDITIONAL_TOOLS && item.type !== TOOL_SEARCH_OUTPUT) return [];
    readTools(item.tools, `input[${index - before}].tools`);
    return itemsOf(item.tools);
  });
  return additional.length === 0 ? fields : { ...fields, tools: [...itemsOf(fields.tools), ...additional] };
}

/** Type of a tool with which the model looks for tools that are not loaded, and its function's name. */
const TOOL_SEARCH = "tool_search";
/** Type of an item with what a search found: the model may call those tools from then on. */
const TOOL_SEARCH_OUTPUT = "tool_search_output";

/** OpenAI runs the others over tools that the request lists; here the model gets all of those. */
function isClientSearch({ type, execution }: Fields): boolean {
  return type === TOOL_SEARCH && execution === "client";
}

/**
 * Whether agents send a tool of this type by default and work without it. Codex CLI does so with `web_search`, `image_generation` and, to
 * the models that it knows, `local_shell`; a search over tools that the request lists has no use where the model gets all of them.
 */
function isOptional(type: string): boolean {
  return /^(?:web_search(?:_preview)?(?:_\d{4}_\d{2}_\d{2})?|image_generation|local_shell|tool_search)$/.test(type);
}

function hostedToolProblem(param: string, type: unknown): string {
  return `\`${param}\` must be function, custom, namespace or tool_search with \`execution\` client, got ${kindOf(type)}, which no target here runs; send a function that your program runs, or leave it out.`;
}

function searchFunction({ description, parameters }: Fields): Fields {
  return {
    name: TOOL_SEARCH,
    description: textOf(description) ?? "Finds tools that can be called then.",
    parameters: isRecord(parameters) ? parameters : SEARCH_PARAMETERS,
  };
}

const SEARCH_PARAMETERS = {
  type: "object",
  properties: { query: { type: "string", description: "What the tool should do." } },
  required: ["query"],
};

/** Type of an item that adds tools to the request's. */
export const ADDITIONAL_TOOLS = "additional_tools";

function functionOf(tool: Fields): Fields {
  const { type, description, parameters, strict, format } = tool;
  if (type === "custom") return { description: customDescription(description, format), parameters: CUSTOM_PARAMETERS };
  return Object.fromEntries(
    Object.entries({ description, parameters, strict }).filter(([, value]) => value !== undefined && value !== null),
  );
}

const CUSTOM_PARAMETERS = {
  type: "object",
  properties: { input: { type: "string", description: "The whole input of the tool, as text." } },
  required: ["input"],
  additionalProperties: false,
};

/** A grammar can't be enforced in a function's argument, so its description has it for the model. */
function customDescription(description: unknown, format: unknown): string {
  const text = textOf(description) ?? "Takes a text.";
  const definition = isRecord(format) ? textOf(format.definition) : undefined;
  if (!isRecord(format) || definition === undefined) return text;
  return `${text}\n\n\`input\` must follow this ${textOf(format.syntax) ?? "formal"} grammar:\n${definition}`;
}

/** The function's name for a tool; the same for the tool's calls in the input. */
export function flatName(namespace: string | undefined, name: string): string {
  if (namespace === undefined || namespace === "") return name;
  const joined = (namespace.endsWith("__") ? namespace : `${namespace}__`) + name;
  const plain = joined.replace(/[^\w-]/g, "_");
  if (plain.length <= MAX_NAME_CHARACTERS) return plain;
  const hash = createHash("sha256").update(joined).digest("hex").slice(0, HASH_CHARACTERS);
  return `${plain.slice(0, MAX_NAME_CHARACTERS - HASH_CHARACTERS - 1)}_${hash}`;
}

/** The arguments of the function that a custom tool becomes. */
export function customArguments(input: unknown): string {
  return JSON.stringify({ input: typeof input === "string" ? input : "" });
}

/** Of the arguments that stand for a custom tool's input, which is their only field, and of a search for tools. */
const MAX_SHORT_FIELDS = { fields: 16, values: 16 } as const;

/** Parsed arguments that have some fields at most; there may be thousands of such calls. */
export function shortArguments(json: string): unknown {
  return new JsonTexts(MAX_SHORT_FIELDS).parse(json);
}

/** The text that a model wrote as a custom tool's input; its arguments as they are where they have another form. */
export function customInput(json: string): string {
  const parsed = shortArguments(json);
  return isRecord(parsed) && typeof parsed.input === "string" ? parsed.input : json;
}
