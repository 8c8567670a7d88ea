import type { JsonObject } from "../../template/json.ts";
import type { LambdaFunction } from "./lambda-function.ts";

/** The functions of the stacks. */
export class LambdaRuntime {
  /** By ARN. */
  readonly functions = new Map<string, LambdaFunction>();
  /** By name, as Lambda's API shows them. */
  readonly configurations = new Map<string, JsonObject>();

  async stop(): Promise<void> {
    await Promise.all([...this.functions.values()].map((lambda) => lambda.stop()));
  }
}

export interface WithLambda {
  readonly lambda: LambdaRuntime;
}
