import { ApiGatewayBasePathMapping } from "@cdktf/provider-aws/lib/api-gateway-base-path-mapping/index.js";
import { ApiGatewayDomainName } from "@cdktf/provider-aws/lib/api-gateway-domain-name/index.js";
import { Route53Record } from "@cdktf/provider-aws/lib/route53-record/index.js";
import { Construct } from "constructs";
import type { RestApi } from "./rest-api.ts";

export interface ApiDomainProps {
  readonly domainName: string;
  readonly hostedZoneId: string;
  readonly certificateArn: string;
  readonly api: RestApi;
}

/** The API's own name: `https://<domain>/v1/…`, without the stage in the path. */
export class ApiDomain extends Construct {
  readonly resource: ApiGatewayDomainName;

  constructor(scope: Construct, id: string, { domainName, hostedZoneId, certificateArn, api }: ApiDomainProps) {
    super(scope, id);
    this.resource = new ApiGatewayDomainName(this, "Default", {
      domainName,
      regionalCertificateArn: certificateArn,
      endpointConfiguration: { types: ["REGIONAL"] },
      securityPolicy: "TLS_1_2",
    });
    new ApiGatewayBasePathMapping(this, "Mapping", {
      apiId: api.apiId,
      stageName: api.stageName,
      domainName: this.resource.domainName,
    });
    new Route53Record(this, "Alias", {
      zoneId: hostedZoneId,
      name: domainName,
      type: "A",
      alias: {
        name: this.resource.regionalDomainName,
        zoneId: this.resource.regionalZoneId,
        evaluateTargetHealth: true,
      },
    });
  }
}
