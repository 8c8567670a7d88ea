import { Command } from "commander";
import { LOCAL_ISSUER } from "../contracts/processes/people.ts";
import { withStateMovedToDisk } from "./bootstrap/bootstrap-destroy.ts";
import { consent } from "./operator/consent.ts";
import type { OperatorTools } from "./operator/operator-tools.ts";
import { type ApprovedPlans, applyPlans } from "./stacks/apply-plans.ts";
import { planToDeploy } from "./stacks/plan-to-deploy.ts";
import { createPlansFolder, type PlannedStack, writePlans } from "./stacks/saved-plans.ts";
import { BOOTSTRAP, type DeployStack, STATEFUL, selectStacks, stacksInOrder } from "./stacks/stack-order.ts";
import { type DeployWorkspace, prepareWorkspace, TofuStack } from "./stacks/tofu-stack.ts";
import { allowUnencryptedState } from "./state/state-backend.ts";
import { UserError } from "./terminal/user-error.ts";
import { hasChanges, type PlanSummary, summaryLines } from "./tofu/plan-summary.ts";
import { NotYetDeployedError } from "./tofu/tofu-failure.ts";

interface StackOptions {
  readonly environment: string;
  readonly stack: readonly string[];
}

interface DeployOptions extends StackOptions {
  readonly yes?: boolean;
  readonly encryptStates?: boolean;
  readonly plans?: string;
  readonly plansHash?: string;
}

interface PlanOptions extends StackOptions {
  readonly detailedExitcode?: boolean;
  readonly save?: string;
}

interface DestroyOptions extends StackOptions {
  readonly yes?: boolean;
  readonly confirm: readonly string[];
}

const collect = (value: string, all: readonly string[]) => [...all, value];

function onStacks(command: Command): Command {
  return command
    .requiredOption("--environment <name>", "the environment")
    .option("--stack <stack>", "only this stack; may be repeated", collect, []);
}

/** `sluice deploy`: plans, asks for consent and applies, one stack after the other. */
export function deployCommand(tools: OperatorTools): Command {
  return onStacks(new Command("deploy"))
    .description("deploy an environment to AWS as its file describes it")
    .option("--yes", "apply without asking")
    .option(
      "--encrypt-states",
      "once, after state.encryption was set to kms: read plain states and write them encrypted",
    )
    .option("--plans <folder>", "apply the plans that `sluice plan --save` wrote there, and nothing else")
    .option("--plans-hash <sha256>", "with --plans: the hash that `sluice plan --save` printed")
    .action((options: DeployOptions) => deploy(options, tools));
}

/** `sluice plan`: shows what deploy would change. */
export function planCommand(tools: OperatorTools): Command {
  return onStacks(new Command("plan"))
    .description("show what deploy would change, resource by resource")
    .option("--detailed-exitcode", "exit with code 2 when there are changes, and with 0 when there are none")
    .option("--save <folder>", "write the plans there, for an approval and `sluice deploy --plans`")
    .action((options: PlanOptions) => plan(options, tools));
}

/** `sluice destroy`: destroys the stacks in the reverse order. */
export function destroyCommand(tools: OperatorTools): Command {
  return onStacks(new Command("destroy"))
    .description("destroy an environment on AWS, or some of its stacks")
    .option("--yes", "destroy without asking")
    .option("--confirm <stack>", "a stack whose data may be destroyed, e.g. dev-data; may be repeated", collect, [])
    .action((options: DestroyOptions) => destroy(options, tools));
}

async function deploy(options: DeployOptions, tools: OperatorTools): Promise<void> {
  requireConsent(options, tools);
  const approved = approvedPlans(options);
  const workspace = await prepareWorkspace(options.environment, tools);
  refuseLocalIssuer(workspace);
  // The states of all stacks are to be encrypted, that of the bootstrap stack included.
  const all = stacksInOrder(workspace.outputFolder, options.environment);
  const stacks = options.encryptStates && options.stack.length === 0 ? all : stacksOf(workspace, options);
  for (const line of tools.priceLines?.(workspace.environment) ?? []) tools.print(line);
  if (approved) return applyPlans(approved, stacks, workspace, tools);
  for (const stack of stacks) {
    if (options.encryptStates) allowUnencryptedState(stack.folder);
    const run = new TofuStack(stack, workspace, tools);
    await run.init();
    try {
      const summary = await planToDeploy(run, !options.yes, tools);
      printSummary(stack, summary, tools);
      // Applying an empty plan writes the state again, which encrypts it.
      if (!hasChanges(summary) && !options.encryptStates) continue;
      if (hasChanges(summary) && !options.yes) await consent(`Apply this to ${stack.id}?`, tools);
      await run.apply();
    } finally {
      run.forgetPlan();
    }
  }
  const what = options.stack.length > 0 ? stacks.map(({ id }) => id).join(", ") : options.environment;
  tools.print(`${what}: deployed; nothing is left to change.`);
}

function approvedPlans({ plans, plansHash, encryptStates, yes }: DeployOptions): ApprovedPlans | undefined {
  if (plans === undefined && plansHash === undefined) return undefined;
  if (plans === undefined || plansHash === undefined)
    throw new UserError("--plans and --plans-hash go together: `sluice plan --save` prints the hash.");
  if (encryptStates || !yes)
    throw new UserError("--plans needs --yes, as the plans are approved, and no --encrypt-states.");
  return { folder: plans, hash: plansHash };
}

async function plan(options: PlanOptions, tools: OperatorTools): Promise<void> {
  const commit = options.save === undefined ? "" : await tools.commit();
  if (options.save !== undefined) createPlansFolder(options.save);
  const workspace = await prepareWorkspace(options.environment, tools);
  refuseLocalIssuer(workspace);
  let changes = false;
  const lines: string[] = [];
  const saved: PlannedStack[] = [];
  for (const stack of stacksOf(workspace, options)) {
    const run = new TofuStack(stack, workspace, tools);
    await run.init();
    try {
      const summary = await run.plan({ isShown: true });
      changes ||= hasChanges(summary);
      lines.push(...summaryLines(stack.id, summary));
      if (options.save !== undefined)
        saved.push({
          id: stack.id,
          sha256: run.savePlan(options.save),
          hasChanges: hasChanges(summary),
          changesOutputs: summary.outputs.length > 0,
        });
    } catch (error) {
      // In a first deployment the outputs that a stack reads are not known before the other stacks are deployed.
      if (!(error instanceof NotYetDeployedError) || options.stack.length > 0) throw error;
      changes = true;
      lines.push(`${stack.id}: can't be planned before the stacks that it reads are deployed`);
    } finally {
      run.forgetPlan();
    }
  }
  for (const line of tools.priceLines?.(workspace.environment) ?? []) tools.print(line);
  tools.print(lines.join("\n"));
  if (options.save !== undefined) {
    const hash = writePlans(options.save, { environment: workspace.environment.name, commit, stacks: saved });
    tools.print(`saved in ${options.save}; to apply exactly this: --plans ${options.save} --plans-hash ${hash}`);
  }
  if (options.detailedExitcode && changes) tools.finish(2);
}

async function destroy(options: DestroyOptions, tools: OperatorTools): Promise<void> {
  requireConsent(options, tools);
  const workspace = await prepareWorkspace(options.environment, tools);
  const stacks = stacksOf(workspace, options).toReversed();
  const unconfirmed = stacks.filter(({ id, name }) => STATEFUL.includes(name) && !options.confirm.includes(id));
  if (unconfirmed.length > 0 && !tools.isInteractive)
    throw new UserError(
      `${unconfirmed.map(({ id }) => id).join(", ")} holds data that can't be restored; to destroy it, add ` +
        `${unconfirmed.map(({ id }) => `--confirm ${id}`).join(" ")}; to keep it, name the other stacks with --stack.`,
    );
  const all = stacksInOrder(workspace.outputFolder, workspace.environment.name);
  for (const stack of stacks) {
    const destroyed = async (run: TofuStack) => {
      try {
        const summary = await run.plan({ destroys: true });
        printSummary(stack, summary, tools);
        if (!hasChanges(summary)) return;
        if (unconfirmed.includes(stack)) await typedName(stack, tools);
        else if (!options.yes) await consent(`Destroy this in ${stack.id}?`, tools);
        await run.apply();
      } finally {
        run.forgetPlan();
      }
    };
    if (stack.name === BOOTSTRAP) await withStateMovedToDisk({ workspace, stack, all }, tools, destroyed);
    else {
      const run = new TofuStack(stack, workspace, tools);
      await run.init();
      await destroyed(run);
    }
  }
  tools.print(`${stacks.map(({ id }) => id).join(", ")}: destroyed.`);
}

/** The local stack's issuer signs in everybody who reaches it, and does not exist on AWS. */
function refuseLocalIssuer({ environment }: DeployWorkspace): void {
  const { people } = environment.identity;
  if (people?.issuer === LOCAL_ISSUER)
    throw new UserError(
      `identity.people.issuer of ${environment.name} must be an OpenID provider's address to be deployed, got "${LOCAL_ISSUER}", ` +
        "which is the local stack's; write the address of your provider: docs/sign-in.md.",
    );
}

function stacksOf(workspace: DeployWorkspace, { stack }: StackOptions): readonly DeployStack[] {
  return selectStacks(stacksInOrder(workspace.outputFolder, workspace.environment.name), stack);
}

function printSummary(stack: DeployStack, summary: PlanSummary, tools: OperatorTools): void {
  tools.print(summaryLines(stack.id, summary).join("\n"));
}

function requireConsent({ yes = false }: { readonly yes?: boolean }, { isInteractive }: OperatorTools): void {
  if (!yes && !isInteractive)
    throw new UserError(
      "Standard input is not a terminal, so the changes can't be confirmed; add --yes to make them without " +
        "a prompt, or see them with `sluice plan`.",
    );
}

async function typedName({ id }: DeployStack, tools: OperatorTools): Promise<void> {
  const typed = await tools.prompt(`${id} holds data that can't be restored. Type its name to destroy it: `);
  if (typed.trim() !== id)
    throw new UserError(`The name must be ${id}, got "${typed.trim()}": nothing more was destroyed.`);
}
