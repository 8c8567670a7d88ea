import { API_VERSIONS } from "../api/api-versions.ts";
import { type ErrorCode, errorBody, errorEntry } from "../api/errors.ts";
import { REQUEST_ID_HEADER } from "../api/headers.ts";
import type { AuthMode } from "../processes/auth.ts";
import { corsResponseHeaders } from "./cors.ts";

interface OwnError {
  readonly code: ErrorCode;
  readonly message?: string;
  /** @default - the catalogue's */
  readonly retryAfterSeconds?: number;
  /** Whether API Gateway's own status stays: the two DEFAULT types cover many errors. */
  readonly keepsStatus?: boolean;
}

/** API Gateway's own errors, by its type names, with our API's responses. */
function ownErrors(auth: AuthMode): Readonly<Record<string, OwnError>> {
  const wrongKey: OwnError =
    auth === "required"
      ? {
          code: "invalid_api_key",
          // API Gateway has one type for both, so the message must name both.
          message: "The API key is missing or not valid. Send it as `Authorization: Bearer <key>`.",
        }
      : { code: "invalid_api_key" };
  const unknownPath: OwnError = {
    code: "not_found",
    message: `There is nothing at this path. The API's versions are ${API_VERSIONS.map((version) => `/${version}`).join(", ")}; \`/reference\` lists the paths.`,
  };
  return {
    ACCESS_DENIED: { code: "permission_denied" },
    API_CONFIGURATION_ERROR: { code: "model_unavailable" }, // an unreachable target of the VPC link
    AUTHORIZER_CONFIGURATION_ERROR: { code: "internal_error" },
    AUTHORIZER_FAILURE: { code: "auth_unavailable" }, // the keys table failed; the gateway's error is the same
    BAD_REQUEST_BODY: { code: "invalid_request" },
    BAD_REQUEST_PARAMETERS: { code: "invalid_request" },
    DEFAULT_4XX: { code: "invalid_request", message: "The request was refused. See the status.", keepsStatus: true },
    DEFAULT_5XX: { code: "internal_error", keepsStatus: true },
    EXPIRED_TOKEN: { code: "permission_denied" },
    INTEGRATION_FAILURE: { code: "model_unavailable" },
    INTEGRATION_TIMEOUT: { code: "timeout" },
    INVALID_API_KEY: wrongKey,
    INVALID_SIGNATURE: unknownPath, // no method uses AWS signatures: it is an unknown path with a bearer key
    MISSING_AUTHENTICATION_TOKEN: unknownPath, // API Gateway's name for an unknown path
    QUOTA_EXCEEDED: {
      code: "rate_limit_exceeded",
      message: "The usage plan's requests of this month are used up. Ask your operator for a larger plan.",
      retryAfterSeconds: 3600,
    },
    REQUEST_TOO_LARGE: { code: "request_too_large" },
    RESOURCE_NOT_FOUND: unknownPath,
    THROTTLED: { code: "rate_limit_exceeded", retryAfterSeconds: 1 }, // a token bucket that refills every second
    UNAUTHORIZED: wrongKey,
    UNSUPPORTED_MEDIA_TYPE: { code: "unsupported_media_type" },
    WAF_FILTERED: { code: "rate_limit_exceeded" },
  };
}

export interface GatewayResponse {
  readonly statusCode?: string;
  readonly responseParameters: Readonly<Record<string, string>>;
  readonly responseTemplates: { readonly "application/json": string };
}

/**
 * The value of `x-amazon-apigateway-gateway-responses`: API Gateway's errors in the form of all others. It has one body
 * for all paths, so the body has OpenAI's shape and Anthropic's at once.
 */
export function gatewayResponses(
  auth: AuthMode,
  corsOrigins: readonly string[],
): Readonly<Record<string, GatewayResponse>> {
  const cors = Object.entries(corsResponseHeaders(corsOrigins));
  return Object.fromEntries(
    Object.entries(ownErrors(auth)).map(([type, own]) => {
      const { status, retryAfterSeconds: usual } = errorEntry(own.code);
      const retryAfter = own.retryAfterSeconds ?? usual;
      const body = errorBody(own.code, own.message === undefined ? {} : { message: own.message });
      const response: GatewayResponse = {
        ...(own.keepsStatus ? {} : { statusCode: String(status) }),
        responseParameters: {
          ...Object.fromEntries(cors.map(([name, value]) => [`gatewayresponse.header.${name}`, `'${value}'`])),
          [`gatewayresponse.header.${REQUEST_ID_HEADER}`]: "context.requestId",
          ...(retryAfter === undefined ? {} : { "gatewayresponse.header.Retry-After": `'${retryAfter}'` }),
        },
        responseTemplates: {
          "application/json": JSON.stringify({ type: "error", ...body, request_id: "$context.requestId" }),
        },
      };
      return [type, response];
    }),
  );
}
