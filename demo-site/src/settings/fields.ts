import type { ErrorDetail } from "../../../contracts/api/errors.ts";
import type { SiteConfig } from "../api/config.ts";

/** The settings as typed; an empty one is left to the engine. */
export type SettingsText = Readonly<Record<keyof SiteConfig["defaults"], string>>;

/** Element ids of the fields that an API error can be about, in the order of the page. */
export const FIELD_IDS = {
  apiKey: "field-api-key",
  prompt: "field-prompt",
  model: "field-model",
  temperature: "field-temperature",
  topP: "field-top-p",
  maxTokens: "field-max-tokens",
} as const;

export type FieldName = keyof typeof FIELD_IDS;
/** What is wrong with each field. */
export type FieldErrors = Readonly<Partial<Record<FieldName, string>>>;

const FIELD_OF_PARAM: Readonly<Record<string, FieldName>> = {
  model: "model",
  messages: "prompt",
  temperature: "temperature",
  top_p: "topP",
  max_tokens: "maxTokens",
  max_completion_tokens: "maxTokens",
};

/** Sorts an API error's details to the fields they are about; a param like `messages.0.content` belongs to the prompt. */
export function fieldErrors(details: readonly ErrorDetail[]): FieldErrors {
  const errors: Partial<Record<FieldName, string>> = {};
  for (const { param, message } of details) {
    const field = FIELD_OF_PARAM[/^[a-z_]+/.exec(param)?.[0] ?? ""];
    if (field !== undefined) errors[field] ??= message;
  }
  return errors;
}

export function errorId(field: FieldName): string {
  return `${FIELD_IDS[field]}-error`;
}
