import { expect, test } from "vitest";
import { only, statements, synthConstruct, typeCounts } from "../../test-support/synth.ts";
import { ServiceRole } from "../identity/service-role.ts";
import { ShellAccess } from "./shell-access.ts";

const stack = synthConstruct((scope) => {
  const access = new ShellAccess(scope, "Shell", { name: "sluice-test", logRetentionDays: 30, kmsKeyArn: "arn:key" });
  new ServiceRole(scope, "Role", {
    name: "instance",
    service: "ec2.amazonaws.com",
    statements: access.instanceStatements(),
  });
});

// documented: shell-by-session-manager
test("a session is a document of Session Manager whose every session is in an encrypted log", () => {
  expect(typeCounts(stack)).toEqual({
    aws_cloudwatch_log_group: 1,
    aws_iam_role: 1,
    aws_iam_role_policy: 1,
    aws_ssm_document: 1,
  });
  const document = only(stack, "aws_ssm_document");
  expect(document).toMatchObject({ name: "sluice-test-shell", document_type: "Session" });
  expect(JSON.parse(document.content)).toMatchObject({
    sessionType: "Standard_Stream",
    inputs: {
      cloudWatchLogGroupName: expect.stringContaining("aws_cloudwatch_log_group.Shell_Logs"),
      cloudWatchEncryptionEnabled: true,
      cloudWatchStreamingEnabled: true,
      idleSessionTimeout: "20",
      maxSessionDuration: "120",
    },
  });
  expect(only(stack, "aws_cloudwatch_log_group")).toMatchObject({
    name: "/sluice/sluice-test/sessions",
    kms_key_id: "arn:key",
    retention_in_days: 30,
  });
});

test("an instance may offer sessions and write their log, and run no command of another service", () => {
  const granted = statements(only(stack, "aws_iam_role_policy").policy);
  const actions = granted.flatMap(({ Action }) => Action);
  expect(actions.filter((action) => /^(ssm|ec2messages)/.test(action) && !action.startsWith("ssmmessages:"))).toEqual([
    "ssm:UpdateInstanceInformation",
  ]);
  const write = granted.find(({ Sid }) => Sid === "WriteSessions");
  expect(write?.Resource).toEqual([expect.stringContaining("aws_cloudwatch_log_group.Shell_Logs")]);
});
