import type { JsonObject } from "../../template/json.ts";
import type { Distribution } from "./distribution.ts";

/** The distribution of the stacks and its policies. */
export class CloudFrontRuntime {
  /** Response headers policies, by id. */
  readonly headersPolicies = new Map<string, JsonObject>();
  distribution: Distribution | undefined;
}

export interface WithCloudFront {
  readonly cloudfront: CloudFrontRuntime;
}
