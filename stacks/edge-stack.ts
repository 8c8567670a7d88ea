import { join } from "node:path";
import { TerraformOutput, TerraformStack, TerraformVariable } from "cdktf";
import type { Construct } from "constructs";
import { AddressLimit } from "../constructs/edge/address-limit.ts";
import { ApiDomain } from "../constructs/edge/api-domain.ts";
import { createAuthorizer } from "../constructs/edge/authorizer.ts";
import { LoadBalancerDomain } from "../constructs/edge/load-balancer-domain.ts";
import { RestApi } from "../constructs/edge/rest-api.ts";
import { planKeys, UsagePlans } from "../constructs/edge/usage-plans.ts";
import type { LoadBalancer } from "../constructs/load-balancing/load-balancer.ts";
import type { PublicLoadBalancer } from "../constructs/load-balancing/public-load-balancer.ts";
import { accessTokenSettings } from "../contracts/processes/access-tokens.ts";
import { hasBrowserSessions, tokenExchangePaths } from "../contracts/processes/token-exchange.ts";
import type { Environment } from "../settings/environment.ts";
import type { DataStack } from "./data-stack.ts";
import type { NetworkStack } from "./network-stack.ts";
import type { ServingStack } from "./serving-stack.ts";
import { configureStack, resourceName, stackId } from "./stack-settings.ts";
import { deployedIdentity } from "./user-pool-identity.ts";

export interface EdgeStackProps {
  readonly environment: Environment;
  readonly network: NetworkStack;
  readonly data: DataStack;
  readonly serving: ServingStack;
  /** Folder of the Lambda bundles. */
  readonly lambdas: string;
}

/** The outer side of the API: domain and firewall, and with API Gateway the REST API, usage plans and authorizer. */
export class EdgeStack extends TerraformStack {
  /** Address of the API, without `/v1`. */
  readonly apiUrl: string;
  /** Stage in the path of `apiUrl`; `undefined` where a domain hides it. */
  readonly stageInPath: string | undefined;

  constructor(scope: Construct, props: EdgeStackProps) {
    const { environment, serving } = props;
    super(scope, stackId(environment, "edge"));
    configureStack(this, environment, "edge");
    const { domain, entry, stage } = environment.api;
    this.stageInPath = domain || entry !== "api-gateway" ? undefined : stage;
    if (entry === "api-gateway") this.apiUrl = this.#apiGatewayEntry(props);
    else {
      if (serving.publicLoadBalancer) this.#firewall(props, serving.publicLoadBalancer);
      this.apiUrl = this.#domainOf(environment, serving.publicLoadBalancer ?? serving.loadBalancer);
    }
    new TerraformOutput(this, "api_url", {
      description: "Address of the API; add /v1 for an OpenAI SDK's base URL.",
      value: this.apiUrl,
    });
  }

  /** The firewall before a load balancer on the internet. */
  #firewall({ environment, data }: EdgeStackProps, balancer: PublicLoadBalancer): void {
    const { api } = environment;
    new AddressLimit(this, "AddressLimit", {
      name: resourceName(environment),
      requestsPerMinute: api.requestsPerMinutePerIp,
      requestsPerMinuteWithKey: api.requestsPerMinutePerIpWithKey,
      trustedAddresses: api.trustedAddresses,
      corsOrigins: api.corsOrigins,
      resourceArn: balancer.arn,
      logRetentionDays: environment.logRetentionDays,
      kmsKeyArn: data.encryptionKey.arn,
    });
  }

  /** The name of the load balancer that is the entry. */
  #domainOf({ api: { domain, entry } }: Environment, loadBalancer: PublicLoadBalancer | LoadBalancer): string {
    if (domain === null) throw new Error(`The entry ${entry} needs api.domain; the environment's check says so.`);
    const { name: domainName, hostedZoneId } = domain;
    new LoadBalancerDomain(this, "LoadBalancerDomain", { domainName, hostedZoneId, loadBalancer });
    return `https://${domainName}`;
  }

  #apiGatewayEntry(props: EdgeStackProps): string {
    const { environment, network, data, serving } = props;
    const { api, logRetentionDays } = environment;
    const name = resourceName(environment);
    const kmsKeyArn = data.encryptionKey.arn;
    const identifiers = planKeys(environment.name, Object.keys(api.usagePlans));

    const authorizer =
      api.auth === "off"
        ? undefined
        : createAuthorizer(this, "Authorizer", {
            name: `${name}-authorize-request`,
            bundle: join(props.lambdas, "authorize-request.zip"),
            auth: api.auth,
            keysTable: data.keysTable,
            accessTokens: accessTokenSettings(deployedIdentity(environment, data)),
            planKeys: identifiers,
            logRetentionDays,
            kmsKeyArn,
          });
    const restApi = new RestApi(this, "Api", {
      ...api,
      name,
      loadBalancerHost: api.domain?.name ?? this.#certificateDomainVariable(),
      loadBalancerArn: serving.loadBalancer.arn,
      isPublicCertificate: api.domain !== null,
      subnetIds: network.network.privateSubnetIds,
      securityGroupId: network.securityGroups.entryId,
      hasHistory: environment.history !== null,
      tokenExchangePaths: tokenExchangePaths(environment.identity, hasBrowserSessions(environment)),
      authorizer,
      logRetentionDays,
      kmsKeyArn,
      hasDomain: api.domain !== null,
    });
    if (authorizer) {
      new UsagePlans(this, "UsagePlans", { name, api: restApi, plans: api.usagePlans, planKeys: identifiers });
    }
    new AddressLimit(this, "AddressLimit", {
      name,
      requestsPerMinute: api.requestsPerMinutePerIp,
      requestsPerMinuteWithKey: api.requestsPerMinutePerIpWithKey,
      trustedAddresses: api.trustedAddresses,
      corsOrigins: api.corsOrigins,
      resourceArn: restApi.stageArn,
      logRetentionDays,
      kmsKeyArn,
    });
    if (api.domain && serving.domainCertificateArn !== undefined) {
      new ApiDomain(this, "Domain", {
        domainName: api.domain.name,
        hostedZoneId: api.domain.hostedZoneId,
        certificateArn: serving.domainCertificateArn,
        api: restApi,
      });
    }
    new TerraformOutput(this, "rest_api_id", { description: "Id of the REST API.", value: restApi.apiId });
    return api.domain ? `https://${api.domain.name}` : restApi.invokeUrl;
  }

  #certificateDomainVariable(): string {
    const variable = new TerraformVariable(this, "certificate_domain", {
      type: "string",
      nullable: false,
      default: "api.sluice.internal",
      description:
        "A name on the serving stack's certificate_arn. API Gateway calls the load balancer by it and checks it; it need not resolve.",
      validation: [
        {
          condition: `\${can(regex("^[a-z0-9]([a-z0-9-]*[a-z0-9])?([.][a-z0-9]([a-z0-9-]*[a-z0-9])?)+$", var.certificate_domain))}`,
          errorMessage: "certificate_domain must be a lower-case host name such as api.example.com.",
        },
      ],
    });
    return variable.stringValue;
  }
}
