import { join } from "node:path";
import type { Cdktf } from "../tools/cdktf.ts";
import type { Runbook } from "./runbook.ts";

/**
 * The deployment without `sluice deploy`: cdktf's own command deploys the environment, and `sluice plan` then finds no
 * changes.
 * @throws at the first command whose result differs from docs/operations.md
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
      // The adapted stacks are beside those of other commands, and no registry is reachable for checksums.
      `--output=${join(testbed.folder, "cdktf.out")}`,
      "--skip-provider-lock",
    ],
    {
      // Its default folder for providers would be in the user's home.
      variables: { TERRAFORM_BINARY_NAME: "tofu", TF_PLUGIN_CACHE_DIR: join(operator.deployFolder, "../plugins") },
      says: [/Apply complete!/],
    },
  );
  report(`${environment}: deployed by cdktf's command`);
  await operator.run("plan", ["--detailed-exitcode"], {
    says: stacks.map((stack) => new RegExp(`${stack}: no changes`)),
  });
  report(`${environment}: sluice plan finds no changes after cdktf's command`);
}
