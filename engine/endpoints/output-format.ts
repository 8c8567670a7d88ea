import type { LlamaGrammar } from "node-llama-cpp";
import type { ChatCompletionRequest } from "../../contracts/api/chat.ts";
import { jsonObjectGrammar, jsonSchemaGrammar } from "../grammar/json-grammar.ts";
import type { LlamaEngine } from "../inference/llama.ts";
import { TOOL_CALL_END, TOOL_CALL_START } from "../prompt/tool-call-parser.ts";
import { invalid } from "./requests.ts";
import { compileGrammar, readStructure } from "./structured-outputs.ts";

/** The shape of a chat completion, as far as a grammar can force it. */
export interface OutputFormat {
  readonly grammar: LlamaGrammar | null;
  /** Added to the system message, so that the model knows the shape that the grammar forces. */
  readonly instructions: string | null;
  /**
   * `text`: the text is the message. `call`: it is the arguments of the function `name`. `any-call`: it is
   * `{"name": …, "arguments": …}`. `auto`: it is text in which there may be calls of the functions `names`, or one
   * call.
   */
  readonly kind:
    | { readonly type: "text" }
    | { readonly type: "call"; readonly name: string }
    | { readonly type: "any-call" }
    | { readonly type: "auto"; readonly names: readonly string[]; readonly isParallel: boolean };
}

const TEXT = { type: "text" } as const;

/**
 * Reads `tools`, `tool_choice`, `parallel_tool_calls`, `response_format` and vLLM's `structured_outputs`. A forced call
 * becomes a grammar; with `auto` the system message lists the tools, and calls are read from its text
 * (`tool-call-parser.ts`). Throws an ApiError for a format that no grammar can force.
 */
export async function readOutputFormat(body: ChatCompletionRequest, engine: LlamaEngine): Promise<OutputFormat> {
  const { tool_choice: choice, response_format: format } = body;
  const tools = (body.tools ?? []).map(functionTool);
  const structure = await readStructure(body, engine);
  if (structure !== null) {
    const other =
      format != null && format.type !== "text" ? "response_format" : isForced(choice) ? "tool_choice" : null;
    if (other !== null) {
      throw invalid([{ param: structure.param, message: `excludes \`${other}\`; leave one of them out` }]);
    }
    const { grammar, schema } = structure;
    return { grammar, instructions: schema === null ? null : bySchema(schema), kind: TEXT };
  }
  if (isForced(choice)) {
    if (tools.length === 0) throw invalid([{ param: "tool_choice", message: "needs `tools` to choose from" }]);
    if (typeof choice === "object" && choice.type !== "function")
      throw invalid([{ param: "tool_choice.type", message: "must be function; name a function" }]);
    const name = choice === "required" ? (tools.length === 1 ? tools[0]?.function.name : null) : choice.function.name;
    const position = tools.findIndex((tool) => tool.function.name === name);
    if (name !== null && position < 0) {
      throw invalid([{ param: "tool_choice.function.name", message: `\`${name}\` is not one of the request's tools` }]);
    }
    const tool = tools[position];
    const schema = tool
      ? parametersOf(tool)
      : {
          anyOf: tools.map((each) => ({
            type: "object",
            properties: { name: { const: each.function.name }, arguments: parametersOf(each) },
            required: ["name", "arguments"],
          })),
        };
    const listed = (tool ? [tool] : tools).map((each) => JSON.stringify(each.function)).join("\n");
    return {
      grammar: await compileGrammar(engine, () => jsonSchemaGrammar(schema), `tools${tool ? `.${position}` : ""}`),
      instructions: `Call one of these functions; answer with the JSON of its arguments only:\n${listed}`,
      kind: tool ? { type: "call", name: tool.function.name } : { type: "any-call" },
    };
  }
  if (format?.type === "json_schema") {
    const { schema } = format.json_schema;
    return {
      grammar: await compileGrammar(engine, () => jsonSchemaGrammar(schema), "response_format.json_schema.schema"),
      instructions: bySchema(schema),
      kind: TEXT,
    };
  }
  if (format?.type === "json_object") {
    return {
      grammar: await compileGrammar(engine, jsonObjectGrammar, "response_format"),
      instructions: null,
      kind: TEXT,
    };
  }
  if (tools.length > 0 && choice !== "none") {
    const isParallel = body.parallel_tool_calls !== false;
    return {
      grammar: null,
      instructions: aboutTools(tools, isParallel),
      kind: { type: "auto", names: tools.map((tool) => tool.function.name), isParallel },
    };
  }
  return { grammar: null, instructions: null, kind: TEXT };
}

type FunctionTool = Extract<NonNullable<ChatCompletionRequest["tools"]>[number], { type: "function" }>;

/** Tools of type `custom` are OpenAI's own models'. */
function functionTool(tool: NonNullable<ChatCompletionRequest["tools"]>[number], index: number): FunctionTool {
  if (tool.type === "function") return tool;
  throw invalid([{ param: `tools[${index}].type`, message: '"custom" is not known here; use "function"' }]);
}

/** In the format with which models of the Hermes and Qwen families were trained to call. */
function aboutTools(tools: readonly FunctionTool[], isParallel: boolean): string {
  const listed = tools.map((tool) => JSON.stringify({ type: "function", function: tool.function })).join("\n");
  const form = `${TOOL_CALL_START}\n{"name": <function-name>, "arguments": <arguments-object>}\n${TOOL_CALL_END}`;
  return (
    `You may call functions where they help to answer. They are, one a line:\n<tools>\n${listed}\n</tools>\n` +
    `To call one, answer with\n${form}\n${isParallel ? "and once more for each other call" : "once"}. Otherwise answer in text.`
  );
}

type ToolChoice = NonNullable<ChatCompletionRequest["tool_choice"]>;

function isForced(choice: ToolChoice | null | undefined): choice is Exclude<ToolChoice, "none" | "auto"> {
  return choice != null && choice !== "none" && choice !== "auto";
}

function bySchema(schema: Readonly<Record<string, unknown>>): string {
  return `Answer with JSON only, by this schema:\n${JSON.stringify(schema)}`;
}

function parametersOf(tool: FunctionTool): Readonly<Record<string, unknown>> {
  return tool.function.parameters ?? { type: "object", additionalProperties: false };
}
