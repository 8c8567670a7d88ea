import { type ErrorBody, type ErrorCode, type ErrorDetail, errorBody, errorEntry } from "../../contracts/api/errors.ts";

export interface GatewayErrorOptions {
  /** @default - the catalogue's message */
  readonly message?: string;
  /** @default - the first detail's path */
  readonly param?: string;
  readonly details?: readonly ErrorDetail[];
  /** @default - the catalogue's figure, if it has one */
  readonly retryAfterSeconds?: number;
  /** Whether the same request would be refused at any time, so that no time is named. @default false */
  readonly isPermanent?: boolean;
  /** Name of the rule of access that refused the request, for the log. @default - no rule did */
  readonly rule?: string;
  /** More headers for the response, e.g. `allow`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A refusal or failure that is reported to the client, by its code in the catalogue. */
export class GatewayError extends Error {
  readonly code: ErrorCode;
  readonly options: GatewayErrorOptions;

  constructor(code: ErrorCode, options: GatewayErrorOptions = {}) {
    super(options.message ?? errorEntry(code).message);
    this.name = "GatewayError";
    this.code = code;
    this.options = options;
  }

  get status(): number {
    return errorEntry(this.code).status;
  }

  get body(): ErrorBody {
    const { message, param, details } = this.options;
    return errorBody(this.code, {
      ...(message === undefined ? {} : { message }),
      ...(param === undefined ? {} : { param }),
      ...(details === undefined ? {} : { details }),
    });
  }

  /** Headers that belong to this error: `retry-after` where trying again can help, and the error's own. */
  get headers(): Readonly<Record<string, string>> {
    const seconds = this.options.retryAfterSeconds ?? errorEntry(this.code).retryAfterSeconds;
    const isLater = seconds !== undefined && this.options.isPermanent !== true;
    return { ...(isLater ? { "retry-after": String(seconds) } : {}), ...this.options.headers };
  }
}

/** The model generated no usable output, which a prompt can cause: the upstream itself works. */
export class UnusableOutput extends GatewayError {
  constructor() {
    super("upstream_error");
    this.name = "UnusableOutput";
  }
}

/** The client closed its connection before the response was complete, so no response is sent. */
export class ClientGone extends Error {
  constructor() {
    super("The client closed the connection.");
    this.name = "ClientGone";
  }
}

/** A request was ended while it ran, by nobody's fault. The client gets the error. */
export abstract class RequestEnded extends GatewayError {}

/** The key of a request was revoked while it ran. The client gets the error of any key that is not valid. */
export class KeyRevoked extends RequestEnded {
  constructor() {
    super("invalid_api_key", { rule: "key-revoked" });
    this.name = "KeyRevoked";
  }
}

/** An operator stopped the request. No library sends it again by itself, as it would a failure. */
export class RequestStopped extends RequestEnded {
  constructor() {
    super("permission_denied", {
      rule: "stopped-by-operator",
      message: "An operator stopped this request. Ask your operator before you send it again.",
    });
    this.name = "RequestStopped";
  }
}
