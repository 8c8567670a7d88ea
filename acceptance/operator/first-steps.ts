import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { expectEqual } from "../assertions/assertion.ts";
import { clientSettings } from "../aws-client/aws-client.ts";
import type { Runbook } from "./runbook.ts";

/** "First deployment" up to the deployment itself: missing parts are reported, created, and found. */
export async function firstSteps(runbook: Runbook): Promise<void> {
  const { environment, operator, report } = runbook;
  await operator.run("doctor", [], {
    code: 1,
    says: [
      /ok +OpenTofu/,
      /ok +credentials +account 123456789012/,
      /fail +gateway image +the SSM parameter \/sluice\/images\/\w+\/gateway does not exist\n +→ build the image/,
      /fail +certificate .*\n +→ create one: sluice bootstrap/,
      /fail +state bucket .*\n +→ create it: sluice bootstrap/,
      /fail +lock table .*\n +→ create it: sluice bootstrap/,
    ],
  });
  await operator.run("cost", [], { says: [/GPU instances/, /^total +[\d,.]+/m] });
  await operator.run("deploy", ["--yes"], {
    code: 1,
    says: [/the state bucket does not exist; create it: sluice bootstrap/],
  });
  report(`${environment}: missing parts are reported, each with its remedy`);

  await operator.run("bootstrap", ["--yes", "--certificate"], {
    says: [/to add/, /Moving the state/, /The states are in/, /Certificate for .*arn:aws:acm:/],
  });
  const arn = certificateArn(runbook);
  await operator.run("bootstrap", ["--yes", "--certificate"], {
    says: [new RegExp(`${environment}-bootstrap: no changes`), /Certificate for/],
  });
  expectEqual("the certificate's ARN after it was rotated", certificateArn(runbook), arn);
  report(`${environment}: bootstrapped, unchanged by a second bootstrap, and the certificate rotated`);

  await operator.run("plan", ["--stack", "edge"], { code: 1, says: [/reads outputs of a stack that is not deployed/] });
  await operator.run("deploy", ["--yes", "--stack", "data"], {
    says: [new RegExp(`${environment}-data: \\d+ to add`), /deployed; nothing is left to change/],
  });
  await publishImages(runbook);
  const findings = await operator.run("doctor", []);
  expectEqual("doctor's failures and warnings", findings.match(/^(fail|warn) .*/gm) ?? [], []);
  report(`${environment}: the data stack is deployed, and doctor has no failures and no warnings`);
}

/** Stores image ids as ami/README.md says, with the id of an image that the emulator has. */
async function publishImages({ environment, testbed }: Runbook): Promise<void> {
  const client = new SSMClient(clientSettings(testbed.awsProxy.url));
  for (const name of ["engine", "gateway"])
    await client.send(
      new PutParameterCommand({
        Name: `/sluice/images/${environment}/${name}`,
        Value: "ami-0123456789abcdef0",
        Type: "String",
        Overwrite: true,
      }),
    );
}

function certificateArn({ operator }: Runbook): unknown {
  return operator.retainedVariables().certificate_arn;
}
