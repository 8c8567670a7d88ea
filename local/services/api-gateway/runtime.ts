import type { RestApiDefinition } from "./rest-api-definition.ts";
import type { RestApiStage } from "./rest-api-stage.ts";
import type { TokenBucket } from "./token-bucket.ts";
import { UsagePlans } from "./usage-plans.ts";

/** The REST API of the stacks; its stage serves on the API's port. */
export class ApiGatewayRuntime {
  /** Names and definitions of REST APIs, by id. */
  readonly restApis = new Map<string, { readonly name: string; readonly definition: RestApiDefinition }>();
  /** Throttles by `<API id>/<stage>`. */
  readonly stageThrottles = new Map<string, TokenBucket>();
  readonly usagePlans = new UsagePlans();
  stage: RestApiStage | undefined;
  /** The stage's name in CloudWatch. */
  stageDimensions: Readonly<Record<string, string>> | undefined;

  close(): void {
    this.stage?.close();
  }
}

export interface WithApiGateway {
  readonly apiGateway: ApiGatewayRuntime;
}
