import { isRecord } from "../../../../../lib/is-record.ts";
import { parseJson } from "../../../../../lib/parse-json.ts";

/** A function that the model may call, as the API takes it. */
export type FunctionTool = {
  readonly type: "function";
  readonly function: {
    readonly name: string;
    readonly description?: string;
    /** A JSON schema. */
    readonly parameters?: Readonly<Record<string, unknown>>;
    readonly strict?: boolean;
  };
};

export const TOOL_CHOICES = ["auto", "required", "none"] as const;
export type ToolChoice = (typeof TOOL_CHOICES)[number];

/** The form of an answer. */
export type ResponseFormat =
  | { readonly type: "text" }
  | { readonly type: "json_object" }
  | {
      readonly type: "json_schema";
      readonly json_schema: {
        readonly name: string;
        readonly schema: Readonly<Record<string, unknown>>;
        readonly strict: boolean;
      };
    };

/** Most tools of a request, by `contracts/api/chat.ts`. */
const MAX_TOOLS = 128;
const NAME = /^[a-zA-Z0-9_-]{1,64}$/;

/** A value that was read, or what is wrong with it: field, rule and value, as the API says it. */
export type Read<Value> = { readonly value: Value } | { readonly problem: string };

/** @param at the field's name in the problem */
export function readTools(value: unknown, at = "tools"): Read<readonly FunctionTool[]> {
  if (!Array.isArray(value)) return { problem: `${at} must be a list, got ${shown(value)}.` };
  if (value.length > MAX_TOOLS) return { problem: `${at} must have at most ${MAX_TOOLS} tools, got ${value.length}.` };
  const tools: FunctionTool[] = [];
  for (const [index, tool] of value.entries()) {
    const read = readTool(tool, `${at}.${index}`);
    if ("problem" in read) return read;
    tools.push(read.value);
  }
  const twice = tools.find(
    (tool, index) => tools.findIndex(({ function: f }) => f.name === tool.function.name) < index,
  );
  return twice === undefined
    ? { value: tools }
    : { problem: `${at} has two tools named ${shown(twice.function.name)}.` };
}

export function readTool(value: unknown, at: string): Read<FunctionTool> {
  const tool = isRecord(value) && isRecord(value.function) ? value.function : undefined;
  if (tool === undefined || !isRecord(value) || value.type !== "function")
    return { problem: `${at} must be {"type": "function", "function": {…}}, got ${shown(value)}.` };
  const { name, description, parameters, strict } = tool;
  if (typeof name !== "string" || !NAME.test(name))
    return { problem: `${at}.function.name must be 1 to 64 of letters, digits, _ and -, got ${shown(name)}.` };
  if (description !== undefined && typeof description !== "string")
    return { problem: `${at}.function.description must be a text, got ${shown(description)}.` };
  if (parameters !== undefined && !isRecord(parameters))
    return {
      problem: `${at}.function.parameters must be a JSON schema, which is an object, got ${shown(parameters)}.`,
    };
  if (strict !== undefined && typeof strict !== "boolean")
    return { problem: `${at}.function.strict must be true or false, got ${shown(strict)}.` };
  return {
    value: {
      type: "function",
      function: {
        name,
        ...(description === undefined ? {} : { description }),
        ...(parameters === undefined ? {} : { parameters }),
        ...(strict === undefined ? {} : { strict }),
      },
    },
  };
}

export function readFormat(value: unknown, at = "response_format"): Read<ResponseFormat> {
  const type = isRecord(value) ? value.type : undefined;
  if (type === "text" || type === "json_object") return { value: { type } };
  const schema = isRecord(value) && type === "json_schema" ? value.json_schema : undefined;
  if (!isRecord(schema))
    return { problem: `${at} must be text, json_object, or json_schema with its json_schema, got ${shown(value)}.` };
  if (typeof schema.name !== "string" || !NAME.test(schema.name))
    return {
      problem: `${at}.json_schema.name must be 1 to 64 of letters, digits, _ and -, got ${shown(schema.name)}.`,
    };
  if (!isRecord(schema.schema))
    return {
      problem: `${at}.json_schema.schema must be a JSON schema, which is an object, got ${shown(schema.schema)}.`,
    };
  return {
    value: {
      type,
      json_schema: { name: schema.name, schema: schema.schema, strict: schema.strict === true },
    } as ResponseFormat,
  };
}

/** Reads the text of a field for JSON. */
export function readJson(text: string): Read<unknown> {
  const value: unknown = parseJson(text);
  if (value !== undefined) return { value };
  try {
    JSON.parse(text);
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
  return { value };
}

/** The beginning of a value, for a problem. */
function shown(value: unknown): string {
  const text = value === undefined ? "nothing" : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
