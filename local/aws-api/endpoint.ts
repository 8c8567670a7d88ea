import type { IncomingMessage, ServerResponse } from "node:http";
import { answer, header } from "../http/server.ts";
import { getMetricData } from "../services/cloudwatch/api.ts";
import type { MetricStore } from "../services/cloudwatch/metric-store.ts";
import { describeInstances, type Ec2Instance, escapeXml } from "../services/ec2-autoscaling/api.ts";
import type { TargetGroup } from "../services/elb/target-group.ts";
import { handleS3, isS3Request } from "../services/s3/api.ts";
import type { ObjectFolder } from "../services/s3/object-folder.ts";
import { asObject, type Json } from "../template/json.ts";

export interface AwsEndpointOptions {
  /** Takes DynamoDB requests (JSON protocol). */
  dynamodb(request: IncomingMessage, response: ServerResponse): void;
  /** Objects of a bucket. */
  bucket(name: string): ObjectFolder | undefined;
  targetGroup(arn: string): TargetGroup | undefined;
  /** Those that run now. */
  instances(): readonly Ec2Instance[];
  readonly metrics: MetricStore;
  /** Lets an instance go that waits in a terminate hook. @returns whether one waited */
  completeTermination(groupName: string, instanceId: string, hookName: string): boolean;
}

/**
 * The AWS API calls that processes and functions of the twin make, on one address: DynamoDB, S3, `DescribeTargetHealth` and
 * `DeregisterTargets` of the load balancer, `ec2:DescribeInstances`, `autoscaling:CompleteLifecycleAction` and
 * `cloudwatch:GetMetricData`. Anything else is refused by name.
 */
export function awsEndpoint(options: AwsEndpointOptions): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    const target = header(request, "x-amz-target");
    if (target?.startsWith("DynamoDB_")) return options.dynamodb(request, response);
    if (isS3Request(request)) {
      handleS3(options.bucket, request, response).catch(() => response.destroy());
      return;
    }
    readBody(request).then(
      (body) => {
        if (target?.endsWith(".GetMetricData")) return metricData(body, options, response);
        const parameters = new URLSearchParams(body);
        const action = parameters.get("Action") ?? "";
        if (action === "DescribeTargetHealth") return describeTargetHealth(parameters, options, response);
        if (action === "DescribeInstances") return instances(parameters, options, response);
        if (action === "DeregisterTargets") return deregisterTargets(parameters, options, response);
        if (action === "CompleteLifecycleAction") return completeLifecycleAction(parameters, options, response);
        refuse(response, "InvalidAction", `The twin has no local answer for the action ${action || "(none)"}.`);
      },
      () => response.destroy(),
    );
  };
}

function describeTargetHealth(
  parameters: URLSearchParams,
  options: AwsEndpointOptions,
  response: ServerResponse,
): void {
  const arn = parameters.get("TargetGroupArn") ?? "";
  const group = options.targetGroup(arn);
  if (!group) return refuse(response, "TargetGroupNotFound", `One or more target groups not found: ${arn}`);
  const members = group.targets.map(
    ({ id, port, state }) =>
      `<member><Target><Id>${id}</Id><Port>${port}</Port></Target><HealthCheckPort>${port}</HealthCheckPort>` +
      `<TargetHealth><State>${state}</State></TargetHealth></member>`,
  );
  xml(
    response,
    200,
    '<DescribeTargetHealthResponse xmlns="http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/">' +
      `<DescribeTargetHealthResult><TargetHealthDescriptions>${members.join("")}</TargetHealthDescriptions>` +
      "</DescribeTargetHealthResult><ResponseMetadata><RequestId>local</RequestId></ResponseMetadata>" +
      "</DescribeTargetHealthResponse>",
  );
}

/** Targets that are not registered are no error, as on AWS. */
function deregisterTargets(parameters: URLSearchParams, options: AwsEndpointOptions, response: ServerResponse): void {
  const arn = parameters.get("TargetGroupArn") ?? "";
  const group = options.targetGroup(arn);
  if (!group) return refuse(response, "TargetGroupNotFound", `One or more target groups not found: ${arn}`);
  for (const [name, id] of parameters) if (/^Targets\.member\.\d+\.Id$/.test(name)) group.drain(id);
  empty(response, "DeregisterTargets");
}

function completeLifecycleAction(
  parameters: URLSearchParams,
  options: AwsEndpointOptions,
  response: ServerResponse,
): void {
  const [group = "", instance = "", hook = "", result] = [
    "AutoScalingGroupName",
    "InstanceId",
    "LifecycleHookName",
    "LifecycleActionResult",
  ].map((name) => parameters.get(name) ?? "");
  if (result !== "CONTINUE")
    return refuse(response, "ValidationError", `The twin completes hooks with CONTINUE only, got ${result}.`);
  if (!options.completeTermination(group, instance, hook))
    return refuse(response, "ValidationError", `No active Lifecycle Action found with instance ID ${instance}`);
  empty(response, "CompleteLifecycleAction");
}

function empty(response: ServerResponse, action: string): void {
  const metadata = "<ResponseMetadata><RequestId>local</RequestId></ResponseMetadata>";
  xml(response, 200, `<${action}Response><${action}Result/>${metadata}</${action}Response>`);
}

function instances(parameters: URLSearchParams, options: AwsEndpointOptions, response: ServerResponse): void {
  try {
    xml(response, 200, describeInstances(parameters, options.instances()));
  } catch (error) {
    refuse(response, "InvalidParameterValue", messageOf(error));
  }
}

function metricData(body: string, { metrics }: AwsEndpointOptions, response: ServerResponse): void {
  const json = { "content-type": "application/x-amz-json-1.0" };
  try {
    const request: Json = JSON.parse(body);
    answer(response, 200, json, JSON.stringify(getMetricData(asObject(request), metrics)));
  } catch (error) {
    const problem = { __type: "InvalidParameterValueException", message: messageOf(error) };
    answer(response, 400, json, JSON.stringify(problem));
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** An error in the form of the query protocol, and in EC2's own beside it: each SDK reads the one that it knows. */
function refuse(response: ServerResponse, code: string, message: string): void {
  const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${escapeXml(message)}</Message></Error>`;
  xml(response, 400, `<ErrorResponse>${error}<Errors>${error}</Errors><RequestId>local</RequestId></ErrorResponse>`);
}

function xml(response: ServerResponse, status: number, body: string): void {
  answer(response, status, { "content-type": "text/xml" }, body);
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}
