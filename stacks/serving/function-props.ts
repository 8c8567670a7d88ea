import type { Environment } from "../../settings/environment.ts";
import type { DataStack } from "../data-stack.ts";

/** What every Lambda function of the serving stack is made of. */
export interface FunctionProps {
  readonly environment: Environment;
  readonly data: DataStack;
  /** Folder of the Lambda bundles. */
  readonly lambdas: string;
}
