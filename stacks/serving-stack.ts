import { TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { CostOutputs } from "../constructs/cost/cost-outputs.ts";
import type { EnginePool } from "../constructs/engine/engine-pool.ts";
import { InstanceTargets } from "../constructs/load-balancing/instance-targets.ts";
import type { LoadBalancer } from "../constructs/load-balancing/load-balancer.ts";
import type { PublicLoadBalancer } from "../constructs/load-balancing/public-load-balancer.ts";
import { GATEWAY_PORT, LIVENESS_PATH } from "../contracts/processes/process-environment.ts";
import type { Environment } from "../settings/environment.ts";
import type { DataStack } from "./data-stack.ts";
import { instanceVariableName } from "./instance-variable.ts";
import type { NetworkStack } from "./network-stack.ts";
import { certificateVariable, domainCertificate } from "./serving/certificates.ts";
import { auditSealer, controlApi, tokenExchange } from "./serving/control-functions.ts";
import { drainEngine } from "./serving/drain-engine.ts";
import { enginePools } from "./serving/engine-pools.ts";
import { gatewayFleet } from "./serving/gateway-fleet.ts";
import { loadBalancers } from "./serving/load-balancers.ts";
import { usageFunctions } from "./serving/usage-functions.ts";
import { configureStack, resourceName, stackId } from "./stack-settings.ts";
import { deployedIdentity } from "./user-pool-identity.ts";

export interface ServingStackProps {
  readonly environment: Environment;
  readonly network: NetworkStack;
  readonly data: DataStack;
  /** Folder of the Lambda bundles. */
  readonly lambdas: string;
  /** Folder of the gateway's bundle. */
  readonly gateway: string;
}

/** The serving path: the load balancer, the gateways behind it, and a pool of engines per model. */
export class ServingStack extends TerraformStack {
  /** Load balancer of the engines inside the VPC; also of the gateways, but where the entry is `alb`. */
  readonly loadBalancer: LoadBalancer;
  /** The entry `alb`; `undefined` with the others. */
  readonly publicLoadBalancer: PublicLoadBalancer | undefined;
  /** Name in CloudWatch of the gateways' load balancer. */
  readonly gatewayLoadBalancerArnSuffix: string;
  /** Certificate of the API's domain; `undefined` where none is configured. */
  readonly domainCertificateArn: string | undefined;
  /** Certificate of the HTTPS listener, the domain's or the operator's. */
  readonly certificateArn: string;
  readonly gatewayTargets: InstanceTargets;
  readonly pools: readonly EnginePool[];

  constructor(scope: Construct, { environment, network, data, lambdas, gateway }: ServingStackProps) {
    super(scope, stackId(environment, "serving"));
    configureStack(this, environment, "serving");
    this.domainCertificateArn = domainCertificate(this, environment.api.domain);
    this.gatewayTargets = new InstanceTargets(this, "GatewayTargets", {
      name: `${resourceName(environment)}-gateway`,
      vpcId: network.network.vpcId,
      port: GATEWAY_PORT,
      // Not /health, which is 503 when no model is available: all gateways would be deregistered just when they are
      // needed to respond with 503 and Retry-After. /livez is 200 until the gateway drains.
      healthCheckPath: LIVENESS_PATH,
      drainSeconds: environment.gateways.drainSeconds,
    });
    this.certificateArn = this.domainCertificateArn ?? certificateVariable(this);
    const balancers = loadBalancers(this, {
      environment,
      network,
      data,
      certificateArn: this.certificateArn,
      gatewayTargets: this.gatewayTargets,
    });
    this.loadBalancer = balancers.internal;
    this.publicLoadBalancer = balancers.internetFacing;
    const entry = this.publicLoadBalancer ?? this.loadBalancer;
    this.gatewayLoadBalancerArnSuffix = entry.resource.arnSuffix;

    this.pools = enginePools(this, {
      environment,
      network,
      data,
      securityGroupId: network.securityGroups.engineId,
      loadBalancer: this.loadBalancer,
    });
    drainEngine(this, { environment, network, data, lambdas, pools: this.pools });
    const functions = { environment, data, lambdas, listenerArn: entry.gatewayListenerArn };
    controlApi(this, functions);
    auditSealer(this, functions);
    usageFunctions(this, functions);
    const identity = deployedIdentity(environment, data);
    tokenExchange(this, identity, functions);
    gatewayFleet(this, {
      environment,
      identity,
      network,
      data,
      gateway,
      pools: this.pools,
      engineListenerUrl: this.loadBalancer.engineListenerUrl,
      targets: this.gatewayTargets,
      loadBalancerArnSuffix: this.gatewayLoadBalancerArnSuffix,
    });

    new CostOutputs(this, "Cost", { environment, variableOf: instanceVariableName });
    new TerraformOutput(this, "load_balancer_dns_name", {
      description: "Name of the internal load balancer; reachable inside the VPC only.",
      value: this.loadBalancer.dnsName,
    });
  }
}
