import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group/index.js";
import { SsmDocument } from "@cdktf/provider-aws/lib/ssm-document/index.js";
import { Construct } from "constructs";
import type { PolicyStatement } from "../identity/service-role.ts";

export interface ShellAccessProps {
  /** Start of the names of document and log group. */
  readonly name: string;
  readonly logRetentionDays: number;
  /** Customer key that encrypts the log; its policy lets CloudWatch Logs use it. */
  readonly kmsKeyArn: string;
}

/** Minutes without a key press after which a session ends, and of the longest one: nobody forgets an open shell. */
const SESSION_MINUTES = { idle: "20", longest: "120" } as const;

/**
 * A shell on instances by Session Manager, for people whose own IAM permissions allow `ssm:StartSession` with this document.
 * Every session is logged. No port is open, and there are no key pairs: the agent on the instance calls AWS.
 */
export class ShellAccess extends Construct {
  readonly resource: SsmDocument;
  readonly documentName: string;
  readonly #logs: CloudwatchLogGroup;

  constructor(scope: Construct, id: string, { name, logRetentionDays, kmsKeyArn }: ShellAccessProps) {
    super(scope, id);
    this.#logs = new CloudwatchLogGroup(this, "Logs", {
      name: `/sluice/${name}/sessions`,
      retentionInDays: logRetentionDays,
      kmsKeyId: kmsKeyArn,
    });
    this.documentName = `${name}-shell`;
    this.resource = new SsmDocument(this, "Default", {
      name: this.documentName,
      documentType: "Session",
      documentFormat: "JSON",
      content: JSON.stringify({
        schemaVersion: "1.0",
        description: "A shell on an instance, logged",
        sessionType: "Standard_Stream",
        inputs: {
          cloudWatchLogGroupName: this.#logs.name,
          cloudWatchEncryptionEnabled: true, // without an encrypted log group the session is refused
          cloudWatchStreamingEnabled: true, // a session that breaks off is in the log all the same
          idleSessionTimeout: SESSION_MINUTES.idle,
          maxSessionDuration: SESSION_MINUTES.longest,
        },
      }),
    });
  }

  /** Lets the agent on an instance offer sessions and write their log. */
  instanceStatements(): readonly PolicyStatement[] {
    return [
      {
        Sid: "OfferSessions",
        purpose: "The SSM agent offers shell sessions on its instance.",
        Effect: "Allow",
        Action: [
          "ssm:UpdateInstanceInformation",
          ...["CreateControlChannel", "CreateDataChannel", "OpenControlChannel", "OpenDataChannel"].map(
            (action) => `ssmmessages:${action}`,
          ),
        ],
        Resource: ["*"],
        reason: "The agent's own channels know no resources; who may open a session is in the permissions of people.",
      },
      {
        Sid: "WriteSessions",
        purpose: "The SSM agent writes the log of each session.",
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
        Resource: [`${this.#logs.arn}:*`], // the streams of this group
      },
      {
        Sid: "FindSessionLog",
        purpose: "The SSM agent finds the log group of the sessions.",
        Effect: "Allow",
        Action: ["logs:DescribeLogGroups"],
        Resource: ["*"],
        reason: "The agent looks its group up in the list of all, for whether it is encrypted; the list holds no logs.",
      },
    ];
  }
}
