import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group/index.js";
import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity/index.js";
import { FlowLog as VpcFlowLog } from "@cdktf/provider-aws/lib/flow-log/index.js";
import { Construct } from "constructs";
import { ServiceRole } from "../identity/service-role.ts";

export interface FlowLogProps {
  /** Start of the names of group and role. */
  readonly name: string;
  readonly vpcId: string;
  readonly kmsKeyArn: string;
  readonly logRetentionDays: number;
}

/** The longest aggregation interval of AWS: the fewest log lines, for logs that are read days later. */
const AGGREGATION_SECONDS = 600;

/** Log of the VPC's connections, accepted and refused. */
export class FlowLog extends Construct {
  readonly resource: VpcFlowLog;

  constructor(scope: Construct, id: string, { name, vpcId, kmsKeyArn, logRetentionDays }: FlowLogProps) {
    super(scope, id);
    const logs = new CloudwatchLogGroup(this, "Logs", {
      name: `/sluice/${name}/flows`,
      retentionInDays: logRetentionDays,
      kmsKeyId: kmsKeyArn,
    });
    const role = new ServiceRole(this, "Role", {
      name: `${name}-flow-log`,
      service: "vpc-flow-logs.amazonaws.com",
      sourceAccountId: new DataAwsCallerIdentity(this, "Account", {}).accountId,
      statements: [
        {
          Sid: "WriteFlows",
          purpose: "VPC writes the network's flow log.",
          Effect: "Allow",
          Action: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
          Resource: [`${logs.arn}:*`], // the streams of this one group
        },
        {
          Sid: "FindGroup",
          purpose: "VPC finds the log group of the flow log.",
          Effect: "Allow",
          Action: ["logs:DescribeLogGroups"],
          Resource: ["*"],
          reason: "The service looks its group up in the list of all; the list holds names, no logs.",
        },
      ],
    });
    this.resource = new VpcFlowLog(this, "Default", {
      vpcId,
      trafficType: "ALL",
      logDestinationType: "cloud-watch-logs",
      logDestination: logs.arn,
      iamRoleArn: role.resource.arn,
      maxAggregationInterval: AGGREGATION_SECONDS,
      tags: { Name: name },
    });
  }
}
