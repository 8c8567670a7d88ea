import type { Construct } from "constructs";
import type { AccessTokenSettings } from "../../contracts/processes/access-tokens.ts";
import type { AuthMode } from "../../contracts/processes/auth.ts";
import { ENV } from "../../contracts/processes/process-environment.ts";
import { BundledFunction } from "../compute/bundled-function.ts";
import type { KeysTable } from "../data/keys-table.ts";

export interface AuthorizerProps {
  /** Name of function, role and log group. */
  readonly name: string;
  /** Path of the function's bundle, `authorize-request.zip`. */
  readonly bundle: string;
  readonly auth: Exclude<AuthMode, "off">;
  readonly keysTable: KeysTable;
  /** Tokens that are valid in place of keys. @default - none is */
  readonly accessTokens?: AccessTokenSettings | undefined;
  /** Plan name → API key value that identifies it in API Gateway. */
  readonly planKeys: Readonly<Record<string, string>>;
  readonly logRetentionDays: number;
  /** Customer key of the log; its policy lets CloudWatch Logs use it. */
  readonly kmsKeyArn: string;
}

/** One GetItem takes milliseconds; a longer timeout would only delay the caller. */
const TIMEOUT_SECONDS = 5;

/** Two documents of an issuer may take 3 s each. API Gateway waits for 10 s at most. */
const ISSUER_TIMEOUT_SECONDS = 9;

/** The Lambda authorizer: API Gateway refuses bad keys with it; the gateway verifies every key again. */
export function createAuthorizer(
  scope: Construct,
  id: string,
  { auth, keysTable, accessTokens, planKeys, ...props }: AuthorizerProps,
): BundledFunction {
  return new BundledFunction(scope, id, {
    ...props,
    statements: keysTable.readStatements(),
    environment: {
      [ENV.keysTable]: keysTable.tableName,
      [ENV.authMode]: auth,
      [ENV.planKeys]: JSON.stringify(planKeys),
      ...(accessTokens && { [ENV.accessTokens]: JSON.stringify(accessTokens) }),
    },
    timeoutSeconds: accessTokens === undefined ? TIMEOUT_SECONDS : ISSUER_TIMEOUT_SECONDS,
  });
}
