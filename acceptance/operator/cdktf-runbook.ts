import { join } from "node:path";
import type { Cdktf } from "../tools/cdktf.ts";
import type { Runbook } from "./runbook.ts";

/**
 * The way without `sluice deploy`: cdktf's own command deploys the environment, and `sluice plan` finds that nothing is left
 * to do.
 * @throws at the first command that does something else than docs/operations.md says
 */
export async function cdktfRunbook(
  cdktf: Cdktf,
  { environment, operator, testbed, stacks, report }: Runbook,
): Promise<void> {
  await operator.run("bootstrap", ["--yes", "--certificate"], { says: [/The states are in/, /Certificate for/] });
  report(`${environment}: bootstrapped`);

  await operator.program(
    cdktf.command,
    [
      ...cdktf.args,
      "deploy",
      `${environment}-*`,
      "--auto-approve",
      `--var-file=${operator.variablesFile}`,
      // What is fitted to the testbed lies beside what others synthesize, and no registry can be asked for checksums.
      `--output=${join(testbed.folder, "cdktf.out")}`,
      "--skip-provider-lock",
    ],
    {
      // Its own place for providers would be the user's home.
      variables: { TERRAFORM_BINARY_NAME: "tofu", TF_PLUGIN_CACHE_DIR: join(operator.deployFolder, "../plugins") },
      says: [/Apply complete!/],
    },
  );
  report(`${environment}: deployed by cdktf's command`);
  await operator.run("plan", ["--detailed-exitcode"], {
    says: stacks.map((stack) => new RegExp(`${stack}: no changes`)),
  });
  report(`${environment}: sluice plan finds nothing to do after cdktf's command`);
}
