import { ACMClient, DeleteCertificateCommand } from "@aws-sdk/client-acm";
import { clientSettings } from "../aws-client/aws-client.ts";
import { inventory, leftOver } from "../aws-client/leftovers.ts";
import type { Testbed } from "../testbed.ts";
import type { Clone } from "./clone.ts";
import { changeAndRollBack, restoreState, rotateKey, scale } from "./daily-steps.ts";
import { firstSteps } from "./first-steps.ts";
import type { Operator } from "./operator.ts";

export interface Runbook {
  readonly environment: string;
  readonly operator: Operator;
  /** The operator and the operator's clone. */
  readonly clone: Clone;
  readonly testbed: Testbed;
  /** The environment's stacks in the order of their deployment, without the bootstrap stack. */
  readonly stacks: readonly string[];
  /** Bucket and lock table of their states. */
  readonly state: { readonly bucket: string; readonly lockTable: string };
  readonly report: (line: string) => void;
}

/**
 * The steps of docs/operations.md, from an empty account to an empty account, by the real commands.
 * @throws at the first command whose result differs from docs/operations.md
 */
export async function runbook(runbook: Runbook): Promise<void> {
  const { environment, operator, testbed, stacks, report } = runbook;
  const { url } = testbed.awsProxy;
  const before = await inventory(url);
  await firstSteps(runbook);

  const counts = stacks.map((stack) => new RegExp(`${stack}: (\\d+ to add|no changes)`));
  await operator.run("deploy", ["--yes"], { says: [/A month of/, ...counts, /deployed; nothing is left to change/] });
  report(`${environment}: deployed in order`);
  await rotateKey(runbook);
  await scale(runbook);
  await changeAndRollBack(runbook);
  await restoreState(runbook);
  await operator.run("plan", ["--detailed-exitcode"], {
    says: stacks.map((stack) => new RegExp(`${stack}: no changes`)),
  });
  report(`${environment}: after these steps a plan has no changes`);

  const deployed = await inventory(url);
  const bootstrap = `${environment}-bootstrap`;
  const data = `${environment}-data`;
  await operator.run("destroy", ["--yes"], { code: 1, says: [new RegExp(`${data} holds data .* --confirm ${data}`)] });
  await operator.run("destroy", ["--yes", "--stack", "bootstrap", "--confirm", bootstrap], {
    code: 1,
    says: [/still has \d+ resources, and the bootstrap stack holds its state/],
  });
  const lost = leftOver(await inventory(url), deployed);
  if (lost.length > 0) throw new Error(`A refused destroy took ${lost.join(", ")}.`);
  await operator.run("destroy", ["--yes", "--confirm", data], {
    says: [...stacks.toReversed().map((stack) => new RegExp(`${stack}: \\d+ to destroy`)), /: destroyed\./],
  });
  await operator.run("destroy", ["--yes", "--stack", "bootstrap", "--confirm", bootstrap], {
    says: [/\d+ to destroy/, /: destroyed\./],
  });
  const CertificateArn = String(operator.retainedVariables().certificate_arn);
  await new ACMClient(clientSettings(url)).send(new DeleteCertificateCommand({ CertificateArn }));
  const left = leftOver(before, await inventory(url));
  if (left.length > 0) throw new Error(`${environment}: destroyed, but these are left:\n${left.join("\n")}`);
  report(`${environment}: destroyed by its commands, after two that were refused`);
}
