import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity/index.js";
import { Construct } from "constructs";
import { functionEntry } from "../../contracts/processes/function-entry.ts";
import type { PeopleSettings } from "../../contracts/processes/people.ts";
import { ENV } from "../../contracts/processes/process-environment.ts";
import { type TokenExchangeSettings, tokenExchangePaths } from "../../contracts/processes/token-exchange.ts";
import type { WorkloadPolicy } from "../../contracts/processes/workloads.ts";
import { BundledFunction } from "../compute/bundled-function.ts";
import type { ControlTable } from "../data/control-table.ts";
import type { KeysTable } from "../data/keys-table.ts";
import { secretArn } from "../identity/secret-arn.ts";
import type { PolicyStatement } from "../identity/service-role.ts";
import { type RoutedFunctionProps, routeToFunction } from "../load-balancing/function-route.ts";

/** `bundle` is `exchange-token.zip`. */
export interface TokenExchangeProps extends RoutedFunctionProps {
  readonly workloads: readonly WorkloadPolicy[];
  readonly keysTable: KeysTable;
  /** How people sign in, by the control table. @default - no person signs in */
  readonly people?: PeopleSettings | undefined;
  /** Whether browsers have sessions, for the console. @default false */
  readonly hasSessions?: boolean | undefined;
  /** Of the function, of a client's secret that is named without an ARN. */
  readonly region: string;
  /** Of the control API, whose audit events have refused exchanges. `undefined` where there is none. */
  readonly controlTable: ControlTable | undefined;
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
    const { name, workloads, people, keysTable, controlTable, listenerArn, stage, region, ...others } = props;
    const { hasSessions = false, ...settings } = others;
    const exchange: TokenExchangeSettings = {
      entry: functionEntry(stage),
      workloads,
      ...(people && { people }),
      ...(hasSessions && { sessions: true }),
    };
    const handler = new BundledFunction(this, "Function", {
      ...settings,
      name,
      statements: [
        ...keysTable.issueStatements(),
        ...(controlTable?.refusalStatements() ?? []),
        ...(people && controlTable ? controlTable.signInStatements() : []),
        ...(hasSessions && controlTable ? controlTable.sessionStatements() : []),
        ...(people?.groups && controlTable ? controlTable.groupStatements() : []),
        ...(people?.clientSecretId === undefined ? [] : [this.#secretStatement(people.clientSecretId, region)]),
      ],
      environment: {
        [ENV.keysTable]: keysTable.tableName,
        [ENV.tokenExchange]: JSON.stringify(exchange),
        ...(controlTable && { [ENV.controlTable]: controlTable.tableName }),
      },
      timeoutSeconds: TIMEOUT_SECONDS,
    });
    routeToFunction(this, {
      name,
      handler,
      listenerArn,
      paths: tokenExchangePaths({ workloads, people: people ?? null }, hasSessions),
      stage,
    });
  }

  #secretStatement(secretId: string, region: string): PolicyStatement {
    return {
      Sid: "ReadClientSecret",
      purpose: "The token exchange signs browsers in at the OpenID provider with the client's secret.",
      Effect: "Allow",
      Action: ["secretsmanager:GetSecretValue"],
      Resource: [secretArn(secretId, region, new DataAwsCallerIdentity(this, "Account", {}).accountId)],
    };
  }
}
