import { Construct } from "constructs";
import { ENV } from "../../contracts/processes/process-environment.ts";
import { TOKEN_PATH, type TokenExchangeSettings, type WorkloadPolicy } from "../../contracts/processes/workloads.ts";
import { BundledFunction } from "../compute/bundled-function.ts";
import type { KeysTable } from "../data/keys-table.ts";
import { type RoutedFunctionProps, routeToFunction } from "../load-balancing/function-route.ts";

/** `bundle` is `exchange-token.zip`. */
export interface TokenExchangeProps extends RoutedFunctionProps {
  readonly workloads: readonly WorkloadPolicy[];
  readonly keysTable: KeysTable;
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
