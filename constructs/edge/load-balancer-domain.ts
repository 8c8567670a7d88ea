import type { Lb } from "@cdktf/provider-aws/lib/lb/index.js";
import { Route53Record } from "@cdktf/provider-aws/lib/route53-record/index.js";
import { Construct } from "constructs";

export interface LoadBalancerDomainProps {
  readonly domainName: string;
  readonly hostedZoneId: string;
  readonly loadBalancer: { readonly resource: Lb };
}

/** The API's own name, where the load balancer is the entry. */
export class LoadBalancerDomain extends Construct {
  readonly resource: Route53Record;

  constructor(scope: Construct, id: string, { domainName, hostedZoneId, loadBalancer }: LoadBalancerDomainProps) {
    super(scope, id);
    this.resource = new Route53Record(this, "Default", {
      zoneId: hostedZoneId,
      name: domainName,
      type: "A",
      alias: {
        name: loadBalancer.resource.dnsName,
        zoneId: loadBalancer.resource.zoneId,
        evaluateTargetHealth: true,
      },
    });
  }
}
