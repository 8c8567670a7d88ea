import { AwsApiError } from "../../aws-api/aws-api-error.ts";
import type { QueryOperations } from "../../aws-api/endpoint.ts";
import type { TargetGroup } from "./target-group.ts";

/** What processes call of Elastic Load Balancing's API, over the target groups by ARN. */
export function elbOperations(targetGroup: (arn: string) => TargetGroup | undefined): QueryOperations {
  const groupOf = (parameters: URLSearchParams) => {
    const arn = parameters.get("TargetGroupArn") ?? "";
    const group = targetGroup(arn);
    if (!group) throw new AwsApiError("TargetGroupNotFound", `One or more target groups not found: ${arn}`);
    return group;
  };
  return {
    DescribeTargetHealth: (parameters) => ({
      DescribeTargetHealthResponse: {
        "@xmlns": "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/",
        DescribeTargetHealthResult: {
          TargetHealthDescriptions: {
            member: groupOf(parameters).targets.map(({ id, port, state }) => ({
              Target: { Id: id, Port: port },
              HealthCheckPort: port,
              TargetHealth: { State: state },
            })),
          },
        },
        ResponseMetadata: { RequestId: "local" },
      },
    }),
    /** Targets that are not registered are no error, as on AWS. */
    DeregisterTargets(parameters) {
      const group = groupOf(parameters);
      for (const [name, id] of parameters) if (/^Targets\.member\.\d+\.Id$/.test(name)) group.drain(id);
      return {
        DeregisterTargetsResponse: { DeregisterTargetsResult: {}, ResponseMetadata: { RequestId: "local" } },
      };
    },
  };
}
