import type { ErrorBody } from "./errors.ts";

type ErrorFields = ErrorBody["error"];

/** Fields of a chat completion's body, and what the client of another dialect calls them. */
type FieldNames = readonly (readonly [RegExp, string])[];

export const MESSAGES_FIELDS: FieldNames = [
  [/^max_completion_tokens$/, "max_tokens"],
  [/^stop(?=$|\[)/, "stop_sequences"],
  [/^user$/, "metadata.user_id"],
  [/^reasoning_effort$/, "output_config.effort"],
  [/^response_format(\.json_schema)?(?=$|\.)/, "output_config.format"],
  [/^parallel_tool_calls$/, "tool_choice.disable_parallel_tool_use"],
  [/^tool_choice\.function\.name$/, "tool_choice.name"],
  [/(?<=^tools\[\d{1,9}\])\.function\.parameters/, ".input_schema"],
  [/(?<=^tools\[\d{1,9}\])\.function(?=\.)/, ""],
];

export const RESPONSES_FIELDS: FieldNames = [
  [/^max_completion_tokens$/, "max_output_tokens"],
  [/^reasoning_effort$/, "reasoning.effort"],
  [/^response_format(\.json_schema)?(?=$|\.)/, "text.format"],
  [/^tool_choice\.function\.name$/, "tool_choice.name"],
  [/(?<=^tools\[\d{1,9}\])\.function(?=\.)/, ""],
  // Items have other indices than messages.
  [/^messages(\[.*)?$/, "input"],
];

/** An error with the client's own names, in `param`, in its details and where a message has them in backquotes. */
export function inClientFields(error: ErrorFields, names: FieldNames): ErrorFields {
  const { param, message, details } = error;
  return {
    ...error,
    param: param === null ? null : renamed(param, names),
    message: renamedIn(message, names),
    ...(details === undefined
      ? {}
      : {
          details: details.map((detail) => ({
            param: renamed(detail.param, names),
            message: renamedIn(detail.message, names),
          })),
        }),
  };
}

function renamed(param: string, names: FieldNames): string {
  for (const [field, name] of names) if (field.test(param)) return param.replace(field, name);
  return param;
}

function renamedIn(message: string, names: FieldNames): string {
  return message.replace(/`([^`]{1,200})`/g, (_, param: string) => `\`${renamed(param, names)}\``);
}
