import { Command } from "commander";
import { withStateTakenOut } from "./bootstrap/bootstrap-destroy.ts";
import { consent } from "./operator/consent.ts";
import type { OperatorTools } from "./operator/operator-tools.ts";
import { planToDeploy } from "./stacks/plan-to-deploy.ts";
import { BOOTSTRAP, type DeployStack, STATEFUL, selectStacks, stacksInOrder } from "./stacks/stack-order.ts";
import { type DeployPlace, preparePlace, StackRun } from "./stacks/tofu-stack.ts";
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
}

interface PlanOptions extends StackOptions {
  readonly detailedExitcode?: boolean;
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

/** `sluice deploy`: plans, asks, applies, stack by stack in their order. */
export function deployCommand(tools: OperatorTools): Command {
  return onStacks(new Command("deploy"))
    .description("bring an environment on AWS to what its file says")
    .option("--yes", "apply without asking")
    .option("--encrypt-states", "once, after state.encryption became kms: take plain states and write them encrypted")
    .action((options: DeployOptions) => deploy(options, tools));
}

/** `sluice plan`: what deploy would do. */
export function planCommand(tools: OperatorTools): Command {
  return onStacks(new Command("plan"))
    .description("show what deploy would do, resource by resource")
    .option("--detailed-exitcode", "exit code 2 when there are changes, 0 when there are none")
    .action((options: PlanOptions) => plan(options, tools));
}

/** `sluice destroy`: in the reverse order. */
export function destroyCommand(tools: OperatorTools): Command {
  return onStacks(new Command("destroy"))
    .description("destroy an environment on AWS, or some of its stacks")
    .option("--yes", "destroy without asking")
    .option("--confirm <stack>", "name of a stack with data that may go, e.g. dev-data; may be repeated", collect, [])
    .action((options: DestroyOptions) => destroy(options, tools));
}

async function deploy(options: DeployOptions, tools: OperatorTools): Promise<void> {
  needConsent(options, tools);
  const place = await preparePlace(options.environment, tools);
  // The states of all are to be encrypted, the bootstrap stack's own too.
  const all = stacksInOrder(place.outputFolder, options.environment);
  const stacks = options.encryptStates && options.stack.length === 0 ? all : stacksOf(place, options);
  for (const line of tools.priceLines?.(place.environment) ?? []) tools.print(line);
  for (const stack of stacks) {
    if (options.encryptStates) allowUnencryptedState(stack.folder);
    const run = new StackRun(stack, place, tools);
    await run.init();
    try {
      const summary = await planToDeploy(run, !options.yes, tools);
      tell(stack, summary, tools);
      // An empty plan still writes the state anew: that is how it is encrypted.
      if (!hasChanges(summary) && !options.encryptStates) continue;
      if (hasChanges(summary) && !options.yes) await consent(`Apply this to ${stack.id}?`, tools);
      await run.apply();
    } finally {
      run.forgetPlan();
    }
  }
  const what = options.stack.length > 0 ? stacks.map(({ id }) => id).join(", ") : options.environment;
  tools.print(`${what}: as the environment file says.`);
}

async function plan(options: PlanOptions, tools: OperatorTools): Promise<void> {
  const place = await preparePlace(options.environment, tools);
  let changes = false;
  const lines: string[] = [];
  for (const stack of stacksOf(place, options)) {
    const run = new StackRun(stack, place, tools);
    await run.init();
    try {
      const summary = await run.plan({ isShown: true });
      changes ||= hasChanges(summary);
      lines.push(...summaryLines(stack.id, summary));
    } catch (error) {
      // A first deployment: what a stack will read is not known before the others are there.
      if (!(error instanceof NotYetDeployedError) || options.stack.length > 0) throw error;
      changes = true;
      lines.push(`${stack.id}: can't be planned before the stacks that it reads are deployed`);
    } finally {
      run.forgetPlan();
    }
  }
  for (const line of tools.priceLines?.(place.environment) ?? []) tools.print(line);
  tools.print(lines.join("\n"));
  if (options.detailedExitcode && changes) tools.finish(2);
}

async function destroy(options: DestroyOptions, tools: OperatorTools): Promise<void> {
  needConsent(options, tools);
  const place = await preparePlace(options.environment, tools);
  const stacks = stacksOf(place, options).toReversed();
  const unconfirmed = stacks.filter(({ id, name }) => STATEFUL.includes(name) && !options.confirm.includes(id));
  if (unconfirmed.length > 0 && !tools.isInteractive)
    throw new UserError(
      `${unconfirmed.map(({ id }) => id).join(", ")} holds data that can't be brought back; to destroy it add ` +
        `${unconfirmed.map(({ id }) => `--confirm ${id}`).join(" ")}, to keep it name the others with --stack.`,
    );
  const all = stacksInOrder(place.outputFolder, place.environment.name);
  for (const stack of stacks) {
    const destroyed = async (run: StackRun) => {
      try {
        const summary = await run.plan({ destroys: true });
        tell(stack, summary, tools);
        if (!hasChanges(summary)) return;
        if (unconfirmed.includes(stack)) await typedName(stack, tools);
        else if (!options.yes) await consent(`Destroy this in ${stack.id}?`, tools);
        await run.apply();
      } finally {
        run.forgetPlan();
      }
    };
    if (stack.name === BOOTSTRAP) await withStateTakenOut({ place, stack, all }, tools, destroyed);
    else {
      const run = new StackRun(stack, place, tools);
      await run.init();
      await destroyed(run);
    }
  }
  tools.print(`${stacks.map(({ id }) => id).join(", ")}: nothing is left.`);
}

function stacksOf(place: DeployPlace, { stack }: StackOptions): readonly DeployStack[] {
  return selectStacks(stacksInOrder(place.outputFolder, place.environment.name), stack);
}

function tell(stack: DeployStack, summary: PlanSummary, tools: OperatorTools): void {
  tools.print(summaryLines(stack.id, summary).join("\n"));
}

function needConsent({ yes = false }: { readonly yes?: boolean }, { isInteractive }: OperatorTools): void {
  if (!yes && !isInteractive)
    throw new UserError(
      "There is no terminal to ask at; add --yes to go on without asking, or look with `sluice plan`.",
    );
}

async function typedName({ id }: DeployStack, tools: OperatorTools): Promise<void> {
  const answer = await tools.ask(`${id} holds data that can't be brought back. Type its name to destroy it: `);
  if (answer.trim() !== id) throw new UserError(`That is not ${id}: nothing more was destroyed.`);
}
