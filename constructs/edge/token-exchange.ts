import { Construct } from "constructs";
import { ENV } from "../../contracts/processes/process-environment.ts";
import { TOKEN_PATH, type TokenExchangeSettings, type WorkloadPolicy } from "../../contracts/processes/workloads.ts";
import { BundledFunction } from "../compute/bundled-function.ts";
import type { KeysTable } from "../data/keys-table.ts";
import { routeToFunction } from "../load-balancing/function-route.ts";

export interface TokenExchangeProps {
  /** Name of function, role and log group. */
  readonly name: string;
  /** Path of the function's bundle, `exchange-token.zip`. */
  readonly bundle: string;
  readonly workloads: readonly WorkloadPolicy[];
  readonly keysTable: KeysTable;
  /** HTTPS listener of the gateways. */
  readonly listenerArn: string;
  /** Stage of API Gateway. @default - API Gateway is not the entry */
  readonly stage?: string | undefined;
  readonly logRetentionDays: number;
  /** Customer key of the log; its policy lets CloudWatch Logs use it. */
  readonly kmsKeyArn: string;
}

/** Two documents of an issuer may take 3 s each, and three calls of DynamoDB 4 s each at the worst. */
const TIMEOUT_SECONDS = 20;

/**
 * The token exchange: a function behind the gateways' load balancer, so that every entry has it. It is outside the VPC, as
 * it reads the keys of issuers on the internet.
 */
export class TokenExchange extends Construct {
  constructor(scope: Construct, id: string, props: TokenExchangeProps) {
    super(scope, id);
    const { name, workloads, keysTable, listenerArn, stage, ...settings } = props;
    const exchange: TokenExchangeSettings = {
      entry: stage === undefined ? "load-balancer" : "api-gateway",
      workloads,
    };
    const handler = new BundledFunction(this, "Function", {
      ...settings,
      name,
      statements: keysTable.issueStatements(),
      environment: { [ENV.keysTable]: keysTable.tableName, [ENV.tokenExchange]: JSON.stringify(exchange) },
      timeoutSeconds: TIMEOUT_SECONDS,
    });
    routeToFunction(this, { name, handler, listenerArn, path: TOKEN_PATH, stage });
  }
}
