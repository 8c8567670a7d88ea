import type { ClientName, RequestFeature } from "../dialects/matrix.ts";

type Fields = Readonly<Record<string, unknown>>;

/** How a client of each dialect writes a feature; clients that have no words for it are missing. */
export interface FeatureRequest {
  readonly body: Partial<Record<ClientName, Fields>>;
  /** What a request that has the feature shows of it, in whichever dialect. */
  readonly sign: RegExp;
}

export const CLIENT_PATHS: Readonly<Record<ClientName, string>> = {
  chat: "/v1/chat/completions",
  completions: "/v1/completions",
  responses: "/v1/responses",
  messages: "/v1/messages",
};

/** What every request of a client has, where the feature does not say otherwise. */
export const CLIENT_BODIES: Readonly<Record<ClientName, Fields>> = {
  chat: { messages: [{ role: "user", content: "Hi" }] },
  completions: { prompt: "Hi" },
  responses: { input: "Hi" },
  messages: { max_tokens: 5000, messages: [{ role: "user", content: "Hi" }] },
};

const PNG = "iVBORw0KGgo=";
const PDF = "JVBERi0xLjcK";
const IMAGE_URL = "https://example.com/a.png";
const PDF_URL = "https://example.com/a.pdf";
const parameters = { type: "object", properties: { city: { type: "string" } } };
const FUNCTION = { name: "weather", parameters };
const CHAT_TOOLS = [{ type: "function", function: FUNCTION }];
const RESPONSES_TOOLS = [{ type: "function", ...FUNCTION }];
const MESSAGES_TOOLS = [{ name: "weather", input_schema: parameters }];

const user = (content: unknown) => [{ role: "user", content }];
const chatParts = (part: object) => ({ messages: user([{ type: "text", text: "See" }, part]) });
const responsesParts = (part: object) => ({ input: user([{ type: "input_text", text: "See" }, part]) });
const messagesParts = chatParts;

/** A call of the tool and its result, behind a first message. */
function loop(thinking: object[], result: { chat: unknown; responses: unknown; messages: unknown }) {
  const call = { id: "call_1", type: "function", function: { name: "weather", arguments: '{"city":"Oslo"}' } };
  const encrypted = Buffer.from(JSON.stringify(thinking)).toString("base64");
  return {
    chat: {
      tools: CHAT_TOOLS,
      messages: [
        ...user("Hi"),
        {
          role: "assistant",
          content: "Well",
          ...(thinking.length > 0 ? { thinking_blocks: thinking } : {}),
          tool_calls: [call],
        },
        { role: "tool", tool_call_id: "call_1", content: result.chat },
      ],
    },
    responses: {
      tools: RESPONSES_TOOLS,
      input: [
        ...user("Hi"),
        ...(thinking.length > 0 ? [{ type: "reasoning", summary: [], encrypted_content: encrypted }] : []),
        { type: "function_call", call_id: "call_1", name: "weather", arguments: '{"city":"Oslo"}' },
        { type: "function_call_output", call_id: "call_1", output: result.responses },
      ],
    },
    messages: {
      tools: MESSAGES_TOOLS,
      messages: [
        ...user("Hi"),
        {
          role: "assistant",
          content: [...thinking, { type: "tool_use", id: "call_1", name: "weather", input: { city: "Oslo" } }],
        },
        { role: "user", content: [{ type: "tool_result", tool_use_id: "call_1", content: result.messages }] },
      ],
    },
  };
}

const DONE = { chat: "3 degrees", responses: "3 degrees", messages: "3 degrees" };
const PICTURE = {
  chat: [{ type: "image_url", image_url: { url: `data:image/png;base64,${PNG}` } }],
  responses: [{ type: "input_image", image_url: `data:image/png;base64,${PNG}` }],
  messages: [{ type: "image", source: { type: "base64", media_type: "image/png", data: PNG } }],
};
const SIGNED = [{ type: "thinking", thinking: "Hm", signature: "c2lnbmVk" }];
const SCHEMA = { type: "object", properties: { answerField: { type: "string" } } };
const MARK = { cache_control: { type: "ephemeral" } };

export const REQUEST_FEATURES: Readonly<Record<RequestFeature, FeatureRequest>> = {
  text: { body: { chat: {}, completions: {}, responses: {}, messages: {} }, sign: /"Hi"/ },
  "system instructions": {
    body: {
      chat: { messages: [{ role: "system", content: "Be brief" }, ...user("Hi")] },
      responses: { instructions: "Be brief" },
      messages: { system: "Be brief" },
    },
    sign: /Be brief/,
  },
  "developer role": {
    body: {
      chat: { messages: [{ role: "developer", content: "Be brief" }, ...user("Hi")] },
      responses: { input: [{ role: "developer", content: "Be brief" }, ...user("Hi")] },
    },
    sign: /Be brief/,
  },
  tools: {
    body: { chat: { tools: CHAT_TOOLS }, responses: { tools: RESPONSES_TOOLS }, messages: { tools: MESSAGES_TOOLS } },
    sign: /"weather"/,
  },
  "a tool without parameters": {
    body: {
      chat: { tools: [{ type: "function", function: { name: "weather" } }] },
      responses: { tools: [{ type: "function", name: "weather" }] },
      messages: { tools: [{ name: "weather", input_schema: { type: "object" } }] },
    },
    sign: /"weather"/,
  },
  "a forced tool": {
    body: {
      chat: { tools: CHAT_TOOLS, tool_choice: { type: "function", function: { name: "weather" } } },
      responses: { tools: RESPONSES_TOOLS, tool_choice: { type: "function", name: "weather" } },
      messages: { tools: MESSAGES_TOOLS, tool_choice: { type: "tool", name: "weather" } },
    },
    sign: /tool_?choice|allowedFunctionNames/i,
  },
  "no tool to be called": {
    body: {
      chat: { tools: CHAT_TOOLS, tool_choice: "none" },
      responses: { tools: RESPONSES_TOOLS, tool_choice: "none" },
      messages: { tools: MESSAGES_TOOLS, tool_choice: { type: "none" } },
    },
    sign: /"none"/i,
  },
  "no parallel calls": {
    body: {
      chat: { tools: CHAT_TOOLS, parallel_tool_calls: false },
      responses: { tools: RESPONSES_TOOLS, parallel_tool_calls: false },
      messages: { tools: MESSAGES_TOOLS, tool_choice: { type: "auto", disable_parallel_tool_use: true } },
    },
    sign: /parallel/,
  },
  "calls and results in the history": { body: loop([], DONE), sign: /3 degrees/ },
  "a result with an image": { body: loop([], PICTURE), sign: /iVBORw0KGgo=/ },
  "thinking asked for": {
    body: {
      chat: { reasoning_effort: "high" },
      responses: { reasoning: { effort: "high" } },
      messages: { thinking: { type: "enabled", budget_tokens: 4000 } },
    },
    sign: /effort|thinking/i,
  },
  "signed thinking in the history": { body: loop(SIGNED, DONE), sign: /c2lnbmVk/ },
  "an image as data": {
    body: {
      chat: chatParts({ type: "image_url", image_url: { url: `data:image/png;base64,${PNG}` } }),
      responses: responsesParts({ type: "input_image", image_url: `data:image/png;base64,${PNG}` }),
      messages: messagesParts({ type: "image", source: { type: "base64", media_type: "image/png", data: PNG } }),
    },
    sign: /iVBORw0KGgo=/,
  },
  "an image by address": {
    body: {
      chat: chatParts({ type: "image_url", image_url: { url: IMAGE_URL } }),
      responses: responsesParts({ type: "input_image", image_url: IMAGE_URL }),
      messages: messagesParts({ type: "image", source: { type: "url", url: IMAGE_URL } }),
    },
    sign: /example\.com\/a\.png/,
  },
  "a document as data": {
    body: {
      chat: chatParts({ type: "file", file: { filename: "a.pdf", file_data: `data:application/pdf;base64,${PDF}` } }),
      responses: responsesParts({
        type: "input_file",
        filename: "a.pdf",
        file_data: `data:application/pdf;base64,${PDF}`,
      }),
      messages: messagesParts({
        type: "document",
        source: { type: "base64", media_type: "application/pdf", data: PDF },
      }),
    },
    sign: /JVBERi0xLjcK/,
  },
  "a document by address": {
    body: {
      responses: responsesParts({ type: "input_file", file_url: PDF_URL }),
      messages: messagesParts({ type: "document", source: { type: "url", url: PDF_URL } }),
    },
    sign: /example\.com\/a\.pdf/,
  },
  audio: {
    body: {
      chat: chatParts({ type: "input_audio", input_audio: { data: "UklGRg==", format: "wav" } }),
      responses: responsesParts({ type: "input_audio", input_audio: { data: "UklGRg==", format: "wav" } }),
    },
    sign: /UklGRg==/,
  },
  "cache marks": {
    body: {
      messages: { system: [{ type: "text", text: "Long", ...MARK }] },
    },
    sign: /cache_control|cachePoint/,
  },
  "stop sequences": {
    body: { chat: { stop: ["END"] }, completions: { stop: ["END"] }, messages: { stop_sequences: ["END"] } },
    sign: /"END"/,
  },
  "structured output": {
    body: {
      chat: { response_format: { type: "json_schema", json_schema: { name: "a", schema: SCHEMA } } },
      responses: { text: { format: { type: "json_schema", name: "a", schema: SCHEMA } } },
      messages: { output_config: { format: { type: "json_schema", schema: SCHEMA } } },
    },
    sign: /answerField/,
  },
  "JSON without a schema": {
    body: {
      chat: { response_format: { type: "json_object" } },
      responses: { text: { format: { type: "json_object" } } },
    },
    sign: /json_object|JSON object|application\/json/,
  },
  "log probabilities": {
    body: {
      chat: { logprobs: true, top_logprobs: 2 },
      completions: { logprobs: 2 },
      responses: { top_logprobs: 2 },
    },
    sign: /logprobs/i,
  },
  "several choices": { body: { chat: { n: 2 }, completions: { n: 2 } }, sign: /"n":2/ },
  seed: { body: { chat: { seed: 7 }, completions: { seed: 7 } }, sign: /"seed":7/ },
  "the most likely tokens alone (top_k)": {
    body: { chat: { top_k: 40 }, completions: { top_k: 40 }, messages: { top_k: 40 } },
    sign: /top_?k":40/i,
  },
  "the end user": {
    body: {
      chat: { user: "someone" },
      completions: { user: "someone" },
      responses: { user: "someone" },
      messages: { metadata: { user_id: "someone" } },
    },
    sign: /someone/,
  },
  "a longest response": {
    body: {
      chat: { max_completion_tokens: 77 },
      completions: { max_tokens: 77 },
      responses: { max_output_tokens: 77 },
      messages: { max_tokens: 77 },
    },
    sign: /:77/,
  },
};
