import { ApiGatewayDeployment } from "@cdktf/provider-aws/lib/api-gateway-deployment/index.js";
import { ApiGatewayMethodSettings } from "@cdktf/provider-aws/lib/api-gateway-method-settings/index.js";
import { ApiGatewayRestApi } from "@cdktf/provider-aws/lib/api-gateway-rest-api/index.js";
import { ApiGatewayStage } from "@cdktf/provider-aws/lib/api-gateway-stage/index.js";
import { Apigatewayv2VpcLink } from "@cdktf/provider-aws/lib/apigatewayv2-vpc-link/index.js";
import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group/index.js";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission/index.js";
import { Fn } from "cdktf";
import { Construct } from "constructs";
import { apiGatewayDocument } from "../../contracts/openapi/api-gateway.ts";
import type { Environment } from "../../settings/environment.ts";
import type { BundledFunction } from "../compute/bundled-function.ts";
import { longJson } from "./long-json.ts";

/** Settings of the API; `throttle` is the whole stage's. */
type ApiSettings = Pick<Environment["api"], "stage" | "auth" | "controlApi" | "corsOrigins" | "throttle">;

export interface RestApiProps extends ApiSettings {
  readonly name: string;
  /** Name on the load balancer's certificate. */
  readonly loadBalancerHost: string;
  readonly loadBalancerArn: string;
  /** Whether that certificate comes from a public authority. */
  readonly isPublicCertificate: boolean;
  /** Private subnets of the VPC link. */
  readonly subnetIds: readonly string[];
  readonly securityGroupId: string;
  /** Whether the load balancer has the paths of the history. @default false */
  readonly hasHistory?: boolean;
  /** Paths of the token exchange at the load balancer. @default - none */
  readonly tokenExchangePaths?: readonly string[];
  /** Needed unless auth is `off`. */
  readonly authorizer: BundledFunction | undefined;
  readonly logRetentionDays: number;
  /** Customer key of the log; its policy lets CloudWatch Logs use it. */
  readonly kmsKeyArn: string;
  /** Whether the API has a domain, so that API Gateway's own address is switched off. */
  readonly hasDomain: boolean;
}

/** Fields of an access log line: caller and latency, but neither query, headers nor keys. */
const ACCESS_LOG = {
  requestId: "$context.requestId",
  time: "$context.requestTimeEpoch",
  ip: "$context.identity.sourceIp",
  method: "$context.httpMethod",
  resource: "$context.resourcePath",
  status: "$context.status",
  errorType: "$context.error.responseType",
  responseMillis: "$context.responseLatency",
  integrationMillis: "$context.integrationLatency",
  integrationStatus: "$context.integration.status",
  keyId: "$context.authorizer.keyId",
  plan: "$context.authorizer.plan",
} as const;

/** The public API: a Regional REST API, described by one OpenAPI document, in front of the internal load balancer. */
export class RestApi extends Construct {
  readonly resource: ApiGatewayRestApi;
  readonly apiId: string;
  readonly stageName: string;
  readonly stageArn: string;
  /** `https://….execute-api.<region>.amazonaws.com/<stage>` */
  readonly invokeUrl: string;

  constructor(scope: Construct, id: string, props: RestApiProps) {
    super(scope, id);
    const { name, auth, authorizer } = props;
    const vpcLink = new Apigatewayv2VpcLink(this, "VpcLink", {
      name,
      subnetIds: [...props.subnetIds],
      securityGroupIds: [props.securityGroupId],
    });
    this.resource = new ApiGatewayRestApi(this, "Default", {
      name,
      body: longJson(
        apiGatewayDocument({
          title: name,
          auth,
          controlApi: props.controlApi,
          history: props.hasHistory ?? false,
          tokenExchangePaths: props.tokenExchangePaths ?? [],
          corsOrigins: props.corsOrigins,
          host: props.loadBalancerHost,
          isPublicCertificate: props.isPublicCertificate,
          vpcLinkId: vpcLink.id,
          loadBalancerArn: props.loadBalancerArn,
          authorizerUri: authorizer?.resource.invokeArn,
        }),
      ),
      endpointConfiguration: { types: ["REGIONAL"] },
      lifecycle: { createBeforeDestroy: true }, // the deployment is created before its old one is deleted, and passes this on to it
      disableExecuteApiEndpoint: props.hasDomain,
      failOnWarnings: false, // the import warns of response descriptions that it drops
    });
    this.apiId = this.resource.id;
    if (authorizer) {
      new LambdaPermission(this, "InvokeAuthorizer", {
        functionName: authorizer.resource.functionName,
        action: "lambda:InvokeFunction",
        principal: "apigateway.amazonaws.com",
        sourceArn: `${this.resource.executionArn}/authorizers/*`,
      });
    }

    const deployment = new ApiGatewayDeployment(this, "Deployment", {
      restApiId: this.apiId,
      triggers: { body: Fn.sha1(this.resource.body) }, // a changed document is live only once deployed
      lifecycle: { createBeforeDestroy: true }, // the stage must always have a deployment
    });
    const logs = new CloudwatchLogGroup(this, "AccessLogs", {
      name: `/sluice/${name}/access`,
      retentionInDays: props.logRetentionDays,
      kmsKeyId: props.kmsKeyArn,
    });
    const stage = new ApiGatewayStage(this, "Stage", {
      restApiId: this.apiId,
      deploymentId: deployment.id,
      stageName: props.stage,
      accessLogSettings: { destinationArn: logs.arn, format: JSON.stringify(ACCESS_LOG) },
      xrayTracingEnabled: false,
    });
    this.stageName = stage.stageName;
    this.stageArn = stage.arn;
    this.invokeUrl = stage.invokeUrl;
    new ApiGatewayMethodSettings(this, "Throttle", {
      restApiId: this.apiId,
      stageName: stage.stageName,
      methodPath: "*/*",
      settings: {
        throttlingRateLimit: props.throttle.requestsPerSecond,
        throttlingBurstLimit: props.throttle.burst,
        metricsEnabled: true,
        loggingLevel: "OFF", // execution logs would hold headers, which have API keys
        dataTraceEnabled: false,
      },
    });
  }
}
