import { Lb } from "@cdktf/provider-aws/lib/lb/index.js";
import type { Construct } from "constructs";

export interface ApplicationLoadBalancerProps {
  readonly name: string;
  readonly subnetIds: readonly string[];
  readonly securityGroupId: string;
  /** Idle seconds after which the load balancer responds with 504; longer than the gateway's own limits. */
  readonly idleTimeoutSeconds: number;
  /** Bucket of the access logs. @default - there are none */
  readonly logBucket?: string | undefined;
  /** Whether AWS refuses to delete the load balancer. */
  readonly isProtected: boolean;
}

/** Settings that both load balancers share. */
export function createApplicationLoadBalancer(
  scope: Construct,
  id: string,
  props: ApplicationLoadBalancerProps,
  { internal, xffHeaderProcessingMode }: { readonly internal: boolean; readonly xffHeaderProcessingMode?: "append" },
): Lb {
  return new Lb(scope, id, {
    name: props.name,
    loadBalancerType: "application",
    internal,
    subnets: [...props.subnetIds],
    securityGroups: [props.securityGroupId],
    idleTimeout: props.idleTimeoutSeconds,
    dropInvalidHeaderFields: true,
    desyncMitigationMode: "strictest", // API Gateway, clients and our gateways speak clean HTTP; anything else is an attack
    ...(xffHeaderProcessingMode === undefined ? {} : { xffHeaderProcessingMode }),
    ...(props.logBucket === undefined ? {} : { accessLogs: { bucket: props.logBucket, enabled: true } }),
    enableDeletionProtection: props.isProtected,
    tags: { Name: props.name },
  });
}
