import type { IncomingMessage, ServerResponse } from "node:http";
import { answer, header } from "./http.ts";
import type { TargetGroup } from "./target-group.ts";

export interface AwsEndpointOptions {
  /** Takes DynamoDB requests (JSON protocol). */
  dynamodb(request: IncomingMessage, response: ServerResponse): void;
  targetGroup(arn: string): TargetGroup | undefined;
  /** Lets an instance go that waits in a terminate hook. @returns whether one waited */
  completeTermination(groupName: string, instanceId: string, hookName: string): boolean;
}

/**
 * The AWS API calls that processes of the twin make, on one address: DynamoDB, `DescribeTargetHealth` and
 * `DeregisterTargets` of the load balancer, `ec2:DescribeInstances` and `autoscaling:CompleteLifecycleAction`. Anything
 * else is refused by name.
 */
export function awsEndpoint(options: AwsEndpointOptions): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    if (header(request, "x-amz-target")?.startsWith("DynamoDB_")) return options.dynamodb(request, response);
    readBody(request).then(
      (body) => {
        const parameters = new URLSearchParams(body);
        const action = parameters.get("Action") ?? "";
        if (action === "DescribeTargetHealth") return describeTargetHealth(parameters, options, response);
        if (action === "DescribeInstances") return describeInstances(parameters, response);
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

/** Every instance of the twin lives on the loopback address; ports tell them apart. */
function describeInstances(parameters: URLSearchParams, response: ServerResponse): void {
  const ids = [...parameters].filter(([name]) => name.startsWith("InstanceId.")).map(([, id]) => id);
  const instances = ids.map(
    (id) =>
      `<item><instanceId>${escapeXml(id)}</instanceId><privateIpAddress>127.0.0.1</privateIpAddress>` +
      "<instanceState><code>16</code><name>running</name></instanceState></item>",
  );
  xml(
    response,
    200,
    '<DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>local</requestId>' +
      `<reservationSet><item><reservationId>r-local</reservationId><instancesSet>${instances.join("")}</instancesSet>` +
      "</item></reservationSet></DescribeInstancesResponse>",
  );
}

/** An error in the form of the query protocol, and in EC2's own beside it: each SDK reads the one that it knows. */
function refuse(response: ServerResponse, code: string, message: string): void {
  const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${escapeXml(message)}</Message></Error>`;
  xml(response, 400, `<ErrorResponse>${error}<Errors>${error}</Errors><RequestId>local</RequestId></ErrorResponse>`);
}

function xml(response: ServerResponse, status: number, body: string): void {
  answer(response, status, { "content-type": "text/xml" }, body);
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}
