import { ApiGatewayApiKey } from "@cdktf/provider-aws/lib/api-gateway-api-key/index.js";
import { ApiGatewayUsagePlan } from "@cdktf/provider-aws/lib/api-gateway-usage-plan/index.js";
import { ApiGatewayUsagePlanKey } from "@cdktf/provider-aws/lib/api-gateway-usage-plan-key/index.js";
import { Construct } from "constructs";
import type { Environment } from "../../settings/environment.ts";
import type { RestApi } from "./rest-api.ts";

export interface UsagePlansProps {
  readonly name: string;
  readonly api: RestApi;
  readonly plans: Environment["api"]["usagePlans"];
  /** Plan name → value of the API key that identifies it: `planKeys(...)`. */
  readonly planKeys: Readonly<Record<string, string>>;
}

/**
 * The API key value that identifies each plan. It is a name and no credential, though API Gateway calls it a key: the
 * API's key source is the authorizer, so it gives a caller no access, and state and outputs may hold it.
 * API Gateway wants at least 20 characters.
 */
export function planKeys(environment: string, plans: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(plans.map((plan) => [plan, `sluice-plan-${environment}-${plan}-identifier`]));
}

/** Throttle and quota per plan, for all callers on it together. */
export class UsagePlans extends Construct {
  constructor(scope: Construct, id: string, { name, api, plans, planKeys: keys }: UsagePlansProps) {
    super(scope, id);
    for (const [planName, limits] of Object.entries(plans)) {
      const planScope = new Construct(this, planName);
      const plan = new ApiGatewayUsagePlan(planScope, "Default", {
        name: `${name}-${planName}`,
        apiStages: [{ apiId: api.apiId, stage: api.stageName }],
        throttleSettings: { rateLimit: limits.requestsPerSecond, burstLimit: limits.burst },
        ...(limits.requestsPerMonth === null
          ? {}
          : { quotaSettings: { limit: limits.requestsPerMonth, period: "MONTH" } }),
      });
      const key = new ApiGatewayApiKey(planScope, "Identifier", {
        name: `${name}-${planName}`,
        description: "Stands for a usage plan; no credential: the key source is the authorizer.",
        value: keys[planName] ?? "",
      });
      new ApiGatewayUsagePlanKey(planScope, "Member", { usagePlanId: plan.id, keyId: key.id, keyType: "API_KEY" });
    }
  }
}
