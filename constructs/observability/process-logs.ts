import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group/index.js";
import { Construct } from "constructs";
import { LOG_SOURCES, type LogSource, logGroupName, METRICS_LOG_MIN_DAYS } from "../../contracts/metrics/log-groups.ts";
import type { PolicyStatement } from "../identity/service-role.ts";

export interface ProcessLogsProps {
  /** Start of the names of the environment's resources. */
  readonly name: string;
  readonly logRetentionDays: number;
  /** Customer key that encrypts them; its policy lets CloudWatch Logs use it. */
  readonly kmsKeyArn: string;
}

/** Log groups of gateways and engines; logs outlive the instance that wrote them. */
export class ProcessLogs extends Construct {
  readonly #arns: ReadonlyMap<LogSource, string>;

  constructor(scope: Construct, id: string, { name, logRetentionDays, kmsKeyArn }: ProcessLogsProps) {
    super(scope, id);
    this.#arns = new Map(
      LOG_SOURCES.map((source) => {
        const group = new CloudwatchLogGroup(this, source, {
          name: logGroupName(name, source),
          kmsKeyId: kmsKeyArn,
          retentionInDays: source.endsWith("-metrics")
            ? Math.max(logRetentionDays, METRICS_LOG_MIN_DAYS)
            : logRetentionDays,
        });
        return [source, group.arn] as const;
      }),
    );
  }

  /** Lets an instance's agent write its process's logs. */
  writeStatement(role: "gateway" | "engine"): PolicyStatement {
    const arns = LOG_SOURCES.filter((source) => source.startsWith(role)).map((source) => this.#arns.get(source));
    return {
      Sid: "WriteLogs",
      purpose: "The CloudWatch agent sends the logs of its own processes.",
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
      Resource: arns.map((arn) => `${arn}:*`), // the streams of these groups
    };
  }
}
