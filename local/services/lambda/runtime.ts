import type { LambdaFunction } from "./lambda-function.ts";

/** The functions of the stacks. */
export class LambdaRuntime {
  /** By ARN. */
  readonly functions = new Map<string, LambdaFunction>();

  async stop(): Promise<void> {
    await Promise.all([...this.functions.values()].map((lambda) => lambda.stop()));
  }
}

export interface WithLambda {
  readonly lambda: LambdaRuntime;
}
