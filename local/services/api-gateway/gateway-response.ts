import { type RestApiDefinition, unquote } from "./rest-api-definition.ts";

/** Kinds of errors that API Gateway itself makes, with AWS's default status and message. */
const DEFAULTS = {
  MISSING_AUTHENTICATION_TOKEN: [403, "Missing Authentication Token"],
  UNAUTHORIZED: [401, "Unauthorized"],
  ACCESS_DENIED: [403, "User is not authorized to access this resource"],
  AUTHORIZER_FAILURE: [500, "Internal server error"],
  INVALID_API_KEY: [403, "Forbidden"],
  THROTTLED: [429, "Too Many Requests"],
  QUOTA_EXCEEDED: [429, "Limit Exceeded"],
  BAD_REQUEST_PARAMETERS: [400, "Missing required request parameters"],
  REQUEST_TOO_LARGE: [413, "Request Too Long"],
  INTEGRATION_FAILURE: [504, "Network error communicating with endpoint"],
  INTEGRATION_TIMEOUT: [504, "Endpoint request timed out"],
  API_CONFIGURATION_ERROR: [500, "Internal server error"],
} as const;

export type GatewayResponseType = keyof typeof DEFAULTS;

export interface BuiltResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The response for an error of API Gateway's own, in the shape of the API's gateway responses. */
export function gatewayResponse(
  definition: RestApiDefinition,
  type: GatewayResponseType,
  context: { readonly requestId: string; readonly message?: string },
): BuiltResponse {
  const [defaultStatus, defaultMessage] = DEFAULTS[type];
  const fallback = definition.gatewayResponses.get(defaultStatus < 500 ? "DEFAULT_4XX" : "DEFAULT_5XX");
  const chosen = definition.gatewayResponses.get(type) ?? fallback;
  const message = context.message ?? defaultMessage;
  const variables: Readonly<Record<string, string>> = {
    "error.messageString": JSON.stringify(message),
    "error.message": message,
    "error.responseType": type,
    requestId: context.requestId,
  };
  const fill = (text: string) =>
    text.replace(/\$context\.(\w+(?:\.\w+)*)/g, (_, name: string) => variables[name] ?? "");
  const headers = Object.entries(chosen?.headers ?? {}).map(
    ([name, value]) =>
      [name, value.startsWith("'") ? unquote(value) : (variables[value.replace(/^context\./, "")] ?? "")] as const,
  );
  return {
    status: chosen?.status ?? defaultStatus,
    headers: { "content-type": "application/json", ...Object.fromEntries(headers) },
    body: fill(chosen?.template ?? '{"message":$context.error.messageString}'),
  };
}
