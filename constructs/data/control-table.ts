import type { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table/index.js";
import { Construct } from "constructs";
import { CONTROL_TTL_ATTRIBUTE } from "../../contracts/control/records.ts";
import { WEBHOOK_SECRET_USE } from "../../contracts/notices/webhooks.ts";
import { NOTICES_PARTITION } from "../../domain/tenancy/notice-marks.ts";
import { REFUSAL_PARTITIONS } from "../../domain/tenancy/refusals.ts";
import type { PolicyStatement } from "../identity/service-role.ts";
import type { EncryptionKey } from "./encryption-key.ts";
import { type ProtectedTableProps, protectedTable } from "./protected-table.ts";

/** Organisations with their projects, users, invitations, admin keys and audit events. Item shape: `contracts/control/records.ts`. */
export class ControlTable extends Construct {
  readonly resource: DynamodbTable;
  readonly tableName: string;
  readonly #encryptionKey: EncryptionKey;

  constructor(scope: Construct, id: string, props: ProtectedTableProps) {
    super(scope, id);
    this.#encryptionKey = props.encryptionKey;
    this.resource = protectedTable(this, "Default", props, {
      hashKey: "organizationId",
      rangeKey: "recordId",
      ttlAttribute: CONTROL_TTL_ATTRIBUTE,
    });
    this.tableName = this.resource.name;
  }

  /** Permissions to store refusals as audit events, and to count them. */
  refusalStatements(): readonly PolicyStatement[] {
    return [
      {
        Sid: "RecordRefusals",
        purpose: "Refused requests are audit events.",
        Effect: "Allow",
        Action: ["dynamodb:PutItem"],
        Resource: [this.resource.arn],
      },
      {
        Sid: "CountRefusals",
        purpose: "The refusals of one caller in a minute are counted, in partitions of their own.",
        Effect: "Allow",
        Action: ["dynamodb:UpdateItem"],
        Resource: [this.resource.arn],
        Condition: { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": [...REFUSAL_PARTITIONS] } },
      },
    ];
  }

  /** Permissions of the control API: to read records, to change them in transactions, and to count refusals. */
  changeStatements(): readonly PolicyStatement[] {
    return [
      {
        Sid: "ChangeControlRecords",
        purpose:
          "The control API reads projects, users and admin keys, changes them with their audit events in transactions, and counts refusals.",
        Effect: "Allow",
        Action: ["GetItem", "Query", "PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem"].map(
          (name) => `dynamodb:${name}`,
        ),
        Resource: [this.resource.arn],
      },
      this.#encryptionKey.writeStatement("dynamodb"),
    ];
  }

  /** Permissions of the token exchange, where people sign in: to read users and projects, and to store new users and which keys users have. */
  signInStatements(): readonly PolicyStatement[] {
    return [
      {
        Sid: "SignPeopleIn",
        purpose:
          "The token exchange reads the user and the projects of who signs in, accepts invitations, and stores which keys a user has.",
        Effect: "Allow",
        Action: ["GetItem", "Query", "PutItem", "ConditionCheckItem"].map((name) => `dynamodb:${name}`),
        Resource: [this.resource.arn],
      },
    ];
  }

  /** Permission of gateways, where people's tokens are valid in place of keys: to read users and their projects. */
  memberStatement(): PolicyStatement {
    return {
      Sid: "ReadMembers",
      purpose: "A gateway reads the user and the projects of who comes with a token of the identity provider.",
      Effect: "Allow",
      Action: ["dynamodb:GetItem", "dynamodb:Query"],
      Resource: [this.resource.arn],
    };
  }

  /** Permission of the token exchange to end sessions of browsers. */
  sessionStatements(): readonly PolicyStatement[] {
    return [
      {
        Sid: "EndSessions",
        purpose: "Who signs out ends the session of the browser.",
        Effect: "Allow",
        Action: ["dynamodb:DeleteItem"],
        Resource: [this.resource.arn],
      },
    ];
  }

  /** Permission of the token exchange to take people out of groups that their identity provider no longer names. */
  groupStatements(): readonly PolicyStatement[] {
    return [
      {
        Sid: "LeaveGroups",
        purpose: "Who signs in leaves the groups that the ID token no longer names, and the keys by them end.",
        Effect: "Allow",
        Action: ["dynamodb:DeleteItem"],
        Resource: [this.resource.arn],
      },
    ];
  }

  /** Permissions of the sender of notices: to read alerts and their organisations, and to store what was sent. */
  noticeStatements(): readonly PolicyStatement[] {
    return [
      {
        Sid: "KeepNotices",
        purpose: "The sender reads spend alerts and notices, and stores in transactions which were sent.",
        Effect: "Allow",
        Action: ["GetItem", "Query", "PutItem", "DeleteItem"].map((name) => `dynamodb:${name}`),
        Resource: [this.resource.arn],
      },
      {
        Sid: "RunAlone",
        purpose: "One run of the sender is at work at a time.",
        Effect: "Allow",
        Action: ["dynamodb:UpdateItem"],
        Resource: [this.resource.arn],
        Condition: { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": [NOTICES_PARTITION] } },
      },
      this.#encryptionKey.writeStatement("dynamodb"),
    ];
  }

  /** Key that seals secrets within records. */
  get secretsKeyArn(): string {
    return this.#encryptionKey.arn;
  }

  /** Permission to seal secrets of webhooks by the environment's key, or to open them, and nothing else of it. */
  secretStatement(action: "Encrypt" | "Decrypt"): PolicyStatement {
    return {
      Sid: `${action}WebhookSecrets`,
      purpose:
        action === "Encrypt"
          ? "The control API encrypts the secrets of webhooks, and can't read them again."
          : "The sender signs with the secrets of webhooks.",
      Effect: "Allow",
      Action: [`kms:${action}`],
      Resource: [this.#encryptionKey.arn],
      Condition: { StringEquals: { "kms:EncryptionContext:use": WEBHOOK_SECRET_USE } },
    };
  }

  /** Permission of the function that reports to Stripe: to read the customers of projects. */
  billingStatement(): PolicyStatement {
    return {
      Sid: "ReadCustomers",
      purpose: "The function reads which customer pays for which project.",
      Effect: "Allow",
      Action: ["dynamodb:Query"],
      Resource: [this.resource.arn],
    };
  }

  /** Permissions of the sealer: to read events and their marks, to remove marks and to store where chains end. */
  sealStatements(): readonly PolicyStatement[] {
    return [
      {
        Sid: "SealEvents",
        purpose:
          "The sealer reads audit events, and stores in one transaction where a chain ends and which events it has.",
        Effect: "Allow",
        Action: ["GetItem", "Query", "PutItem", "DeleteItem"].map((name) => `dynamodb:${name}`),
        Resource: [this.resource.arn],
      },
      this.#encryptionKey.writeStatement("dynamodb"),
    ];
  }
}
