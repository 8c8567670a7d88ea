/** Values of fields that Anthropic's schema requires, where a response has none: clients read them without a check. */

/** Of a message, and of the delta at a stream's end. */
export const NO_DETAILS = { stop_details: null, container: null } as const;

/** Of the tokens at a stream's end. */
export const DELTA_USAGE_DEFAULTS = {
  cache_read_input_tokens: 0,
  cache_creation_input_tokens: 0,
  server_tool_use: null,
  output_tokens_details: null,
} as const;

/** Of the tokens of a whole message, and of the one at a stream's start. */
export const USAGE_DEFAULTS = {
  ...DELTA_USAGE_DEFAULTS,
  cache_creation: null,
  inference_geo: null,
  service_tier: null,
} as const;

/** Of a call by the model, not by code that it wrote. */
export const CALL_DEFAULTS = { caller: { type: "direct" } } as const;

/** Of a text. */
export const TEXT_DEFAULTS = { citations: null } as const;
