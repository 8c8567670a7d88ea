import { ADMIN_NOTES } from "./admin-notes.ts";

/** Description of a field in the reference, beside its type and limits. */
export interface FieldNote {
  readonly description: string;
  /** Value of an omitted field, where the API itself sets one. */
  readonly default?: unknown;
}

type Notes = Readonly<Record<string, FieldNote>>;

const MODEL: FieldNote = { description: "Name of the model, as `GET /v1/models` lists it." };
const USER: FieldNote = { description: "Your own name for the end user; it is passed on and never stored." };

const SAMPLING: Notes = {
  model: MODEL,
  max_tokens: { description: "Most tokens to generate." },
  temperature: {
    description: "0 takes the most likely token each time; higher is more varied. The model's own default.",
  },
  top_p: { description: "Draw only from the most likely tokens that have this probability together." },
  top_k: { description: "Draw only from this many most likely tokens; -1 or 0 switches it off. vLLM's extension." },
  min_p: {
    description: "Leave out tokens less likely than this share of the most likely one. vLLM's extension.",
    default: 0,
  },
  n: { description: "Answers to generate.", default: 1 },
  stream: { description: "Send the answer as server-sent events while it is generated.", default: false },
  stream_options: { description: "`include_usage: true` adds a last event with the token counts." },
  stop: { description: "Text, or up to 16 texts, before which the answer ends." },
  presence_penalty: { description: "Above 0, makes tokens less likely that were used already.", default: 0 },
  frequency_penalty: { description: "Above 0, makes tokens less likely the more often they were used.", default: 0 },
  repetition_penalty: {
    description: "Above 1, makes tokens of prompt and answer less likely. vLLM's extension.",
    default: 1,
  },
  seed: { description: "The same seed and request give the same answer, as far as the engine can." },
  logit_bias: { description: "Token id to a number from -100 (never) to 100 (always)." },
  user: USER,
  structured_outputs: {
    description:
      "The answer has this form: a JSON schema, a regular expression, one of several texts, or a grammar. Give one. vLLM's extension.",
  },
};

/** Fields of a conversation in Anthropic's dialect. */
const CONVERSATION: Notes = {
  model: MODEL,
  system: { description: "What the model is told before the conversation: a text, or text blocks." },
  messages: { description: "The conversation so far: texts, or blocks of text, image, tool use and tool result." },
  tools: { description: "Functions that the model may call, each with its `input_schema`." },
  tool_choice: { description: "`auto`, `any`, `none`, or the `tool` that must be called." },
  thinking: { description: "How much a model that can think may think before it answers." },
  output_config: { description: "`format` of type `json_schema`: the answer is JSON of this schema; `effort`." },
};

/** By request schema, then field. A test compares it with the schemas in both directions. */
export const FIELD_NOTES: Readonly<Record<string, Notes>> = {
  CompletionRequest: {
    ...SAMPLING,
    max_tokens: { description: "Most tokens to generate.", default: 16 },
    prompt: { description: "A text, several texts, the token ids of one, or those of several." },
    suffix: { description: "Text that follows the answer, for models that can fill in." },
    echo: { description: "Repeat the prompt before the answer.", default: false },
    best_of: { description: "Generate this many and return the best `n`, where the engine can." },
    logprobs: { description: "Log probabilities of each token and of this many alternatives." },
  },
  ChatCompletionRequest: {
    ...SAMPLING,
    max_tokens: { description: "Most tokens to generate. `max_completion_tokens` is its newer name." },
    max_completion_tokens: { description: "Most tokens to generate." },
    messages: {
      description:
        "The conversation so far. `content` is a text or a list of parts; `image_url`, `input_audio` and `file` parts are passed on to models that can read them.",
    },
    logprobs: { description: "Send the log probability of each token.", default: false },
    top_logprobs: { description: "Alternatives to send with each token; needs `logprobs`." },
    reasoning_effort: { description: "How much the model thinks; each model has some of these." },
    response_format: {
      description: "`json_object` for any JSON, `json_schema` for JSON of a schema, `text` for anything.",
    },
    tools: { description: "Functions that the model may call." },
    tool_choice: { description: "`none`, `auto`, `required`, or the function that must be called." },
    parallel_tool_calls: { description: "Whether several functions may be called at once.", default: true },
  },
  ResponseRequest: {
    model: MODEL,
    input: { description: "A text, or items: messages, calls of functions and what they gave back." },
    instructions: { description: "What the model is told before the input; not kept with the response." },
    max_output_tokens: { description: "Most tokens to generate." },
    temperature: { description: "0 takes the most likely token each time; higher is more varied." },
    top_p: { description: "Draw only from the most likely tokens that have this probability together." },
    stream: { description: "Send the answer as server-sent events while it is generated.", default: false },
    store: { description: "Store the response, where this deployment stores any.", default: true },
    previous_response_id: { description: "A stored response that this one goes on from." },
    tools: { description: "Functions that the model may call." },
    tool_choice: { description: "`none`, `auto`, `required`, or the function that must be called." },
    parallel_tool_calls: { description: "Whether several functions may be called at once.", default: true },
    text: {
      description: "`format`: `json_schema` for JSON of a schema, `json_object` for any JSON, `text` for anything.",
    },
    reasoning: { description: "`effort` of a model that can think." },
    metadata: { description: "Your own names and values, kept with the response." },
    user: USER,
  },
  MessagesRequest: {
    ...CONVERSATION,
    max_tokens: { description: "Most tokens to generate." },
    stream: { description: "Send the answer as server-sent events while it is generated.", default: false },
    stop_sequences: { description: "Texts before which the answer ends." },
    temperature: { description: "0 takes the most likely token each time; 1 is the most varied." },
    top_p: { description: "Draw only from the most likely tokens that have this probability together." },
    top_k: { description: "Draw only from this many most likely tokens." },
    metadata: { description: "`user_id`: your own name for the end user." },
  },
  CountTokensRequest: CONVERSATION,
  EmbeddingRequest: {
    model: MODEL,
    input: { description: "A text, several texts, the token ids of one, or those of several." },
    encoding_format: {
      description: "`float`: numbers. `base64`: the same as little-endian 32-bit floats, a third of the size.",
      default: "float",
    },
    dimensions: { description: "Shorter vectors, for models that were trained so that they may be cut." },
    user: USER,
  },
  ModerationRequest: {
    model: MODEL,
    input: { description: "A text, several texts, or parts of text and images that are classified together." },
  },
  FileUpload: {
    file: { description: "JSON lines, one request each, in UTF-8." },
    purpose: { description: "What the file is for." },
    "expires_after[anchor]": { description: "What the time after which the file is deleted counts from." },
    "expires_after[seconds]": { description: "Seconds after which the file is deleted." },
  },
  BatchCreateRequest: {
    input_file_id: { description: "A file uploaded with the purpose `batch`." },
    endpoint: { description: "The path that every line asks." },
    completion_window: { description: "When the batch ends at the latest, whatever is done by then." },
    metadata: { description: "Your own names and values, kept with the batch." },
    output_expires_after: { description: "When the files with the results are deleted." },
  },
  ...ADMIN_NOTES,
  TokenizeRequest: {
    model: MODEL,
    prompt: { description: "A text. Give either this or `messages`." },
    messages: { description: "A conversation, counted with the model's chat template." },
    add_special_tokens: { description: "Whether a text gets the model's own beginning.", default: true },
    add_generation_prompt: { description: "Whether a conversation ends where the answer begins.", default: true },
    return_token_strs: { description: "Send the text of each token too.", default: false },
  },
  DetokenizeRequest: {
    model: MODEL,
    tokens: { description: "Token ids." },
  },
};
