import type { ErrorCode, ErrorDetail } from "../../contracts/errors.ts";

/** An answer that is an error of the catalogue; thrown anywhere below a handler. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly code: ErrorCode;
  readonly details: readonly ErrorDetail[];
  /** Response headers that go with it, such as `allow`. */
  readonly headers: Readonly<Record<string, string>>;

  /** `message` undefined: the catalogue's sentence. */
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

/** 400 for one field that can't be had on this machine. */
export function notLocal(param: string, what: string): Problem {
  const message = `${what}; the local engine can't do it. Leave \`${param}\` out, or run vLLM.`;
  return new Problem("invalid_request", { message, details: [{ param, message }] });
}
