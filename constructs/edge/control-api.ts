import { Construct } from "constructs";
import { CONTROL_PATHS } from "../../contracts/control/paths.ts";
import { ENV } from "../../contracts/processes/process-environment.ts";
import { BundledFunction } from "../compute/bundled-function.ts";
import type { ControlTable } from "../data/control-table.ts";
import type { KeysTable } from "../data/keys-table.ts";
import { type RoutedFunctionProps, routeToFunction } from "../load-balancing/function-route.ts";

/** `bundle` is `administer.zip`. */
export interface ControlApiProps extends RoutedFunctionProps {
  readonly table: ControlTable;
  /** Of keys for models, which service accounts get. */
  readonly keysTable: KeysTable;
  /** Usage plan of these keys. */
  readonly keyPlan: string;
}

/** A transaction of DynamoDB takes some ten milliseconds; a change that others come between is tried four times. */
const TIMEOUT_SECONDS = 15;

/**
 * The control API: a function behind the gateways' load balancer, which sends it the requests of its paths. So every entry
 * has it: API Gateway, which passes these paths on, and load balancers. The function checks admin keys itself.
 */
export class ControlApi extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { table, keysTable, keyPlan, listenerArn, stage, ...props }: ControlApiProps,
  ) {
    super(scope, id);
    const handler = new BundledFunction(this, "Function", {
      ...props,
      statements: [...table.changeStatements(), ...keysTable.changeStatements()],
      environment: {
        [ENV.controlTable]: table.tableName,
        [ENV.keysTable]: keysTable.tableName,
        [ENV.keyPlan]: keyPlan,
      },
      timeoutSeconds: TIMEOUT_SECONDS,
    });
    routeToFunction(this, { name: props.name, handler, listenerArn, path: `${CONTROL_PATHS}*`, stage });
  }
}
