import type { ErrorCode, ErrorDetail } from "../../contracts/api/errors.ts";

/** An error of the catalogue (`contracts/api/errors.ts`). Handlers and what they call throw it; the app sends it. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly code: ErrorCode;
  readonly details: readonly ErrorDetail[];
  /** Headers of the error response, such as `allow`. */
  readonly headers: Readonly<Record<string, string>>;

  /** @param code with the catalogue's message where `options.message` is absent */
  constructor(
    code: ErrorCode,
    options: {
      readonly message?: string;
      readonly details?: readonly ErrorDetail[];
      readonly headers?: Readonly<Record<string, string>>;
    } = {},
  ) {
    super(options.message ?? code);
    this.code = code;
    this.details = options.details ?? [];
    this.headers = options.headers ?? {};
  }
}

/** A 400 for a field that the local engine can't follow. */
export function unsupportedLocally(param: string, what: string): ApiError {
  const message = `${what}; the local engine can't do it. Omit \`${param}\`, or run vLLM.`;
  return new ApiError("invalid_request", { message, details: [{ param, message }] });
}
