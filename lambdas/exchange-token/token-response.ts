import { ISSUED_TOKEN_TYPE } from "./exchange-request.ts";

/** RFC 8693, section 2.2.1. */
export interface TokenResponse {
  readonly access_token: string;
  readonly issued_token_type: typeof ISSUED_TOKEN_TYPE;
  readonly token_type: "Bearer";
  readonly expires_in: number;
  readonly scope: string;
  /** The project of a person's key. @default - a workload's key, whose policy has the project */
  readonly project_id?: string;
}

/** A response, and what the log says of it. */
export interface Exchanged {
  readonly response: TokenResponse;
  /** Whose key it is. */
  readonly issuedTo: "workload" | "person";
  readonly facts: Readonly<Record<string, unknown>>;
}

export function tokenResponse(secret: string, seconds: number, scopes: readonly string[]): TokenResponse {
  return {
    access_token: secret,
    issued_token_type: ISSUED_TOKEN_TYPE,
    token_type: "Bearer",
    expires_in: seconds,
    scope: scopes.join(" "),
  };
}
