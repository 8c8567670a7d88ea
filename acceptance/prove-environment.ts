import { mkdirSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { runStep } from "../local/setup/run-step.ts";
import { rawResources, type Stack } from "../local/template/stacks.ts";
import type { Applied } from "./assertions/assertion.ts";
import { STACK_ASSERTIONS } from "./assertions/table.ts";
import { clientSettings } from "./aws-client/aws-client.ts";
import { inventory, leftOver, notFound, responseFor } from "./aws-client/leftovers.ts";
import { healInterruptedApply } from "./stacks/interruption.ts";
import { isProtected, withoutProtection } from "./stacks/protection.ts";
import { readEveryStack } from "./stacks/read-stacks.ts";
import { choose, inOrder, needs } from "./stacks/stack-order.ts";
import { StackRun } from "./stacks/stack-run.ts";
import { makeStateStores } from "./stacks/state-store.ts";
import { updateOf } from "./stacks/updates.ts";
import type { Testbed } from "./testbed.ts";

export interface EnvironmentAcceptance {
  readonly environment: string;
  readonly stacks: readonly Stack[];
  readonly testbed: Testbed;
  readonly report: (line: string) => void;
  /** Assertions by the stack's name without the environment. @default - those about the shipped environments */
  readonly assertions?: typeof STACK_ASSERTIONS;
}

export interface ProvenStack {
  readonly name: string;
  readonly resources: number;
  /** Seconds of init to clean plan, of update to clean plan, and of destroy. */
  readonly seconds: { readonly apply: number; readonly update: number; readonly destroy: number };
}

/** Stacks at once: each needs a gigabyte of memory, and mostly waits. */
const WIDTH = 3;
/** The stack whose first apply is interrupted: S3's lifecycle makes it wait long enough. */
const INTERRUPTED = "data";

/** Synthesizes an environment, named or by its file, into a folder and reads it. */
export async function synthesize(
  project: string,
  file: string,
  names: readonly string[],
  folder: string,
): Promise<readonly Stack[]> {
  const output = join(folder, "cdktf.out");
  mkdirSync(folder, { recursive: true });
  await runStep(project, "stacks/main.ts", {
    environment: { SLUICE_ENVIRONMENT: file, CDKTF_OUTDIR: output },
  });
  return choose(readEveryStack(output), basename(file, ".ts"), names);
}

/**
 * Applies an environment, checks it, updates it, and destroys it.
 * @param whileUp called when everything is applied and updated, before it is destroyed
 * @throws at the first failed check
 */
export async function proveEnvironment(
  { environment, stacks, testbed, report, assertions = STACK_ASSERTIONS }: EnvironmentAcceptance,
  whileUp: () => Promise<void> = async () => {},
): Promise<readonly ProvenStack[]> {
  const { url } = testbed.awsProxy;
  const before = await inventory(url);
  await makeStateStores(url, stacks);
  const stores = await inventory(url);
  const runs = stacks.map((stack) => new StackRun(testbed, stack));
  const holders = runs.filter((run) => run.holdsStates).map(({ name }) => name);
  const waitsFor = (run: StackRun) => (run.holdsStates ? [] : [...holders, ...needs(run.stack, stacks)]);
  const shortName = (run: StackRun) => run.name.slice(environment.length + 1);
  const timed = timer();

  await inOrder(runs, waitsFor, WIDTH, async (run) => {
    const seconds = await timed(run.name, "apply", async () => {
      await run.init();
      await run.validate();
      if (shortName(run) === INTERRUPTED) {
        report(`${run.name}: ${await healInterruptedApply(run, url)}`);
      } else await run.apply();
      if (run.holdsStates) await run.moveState("bucket");
      await run.expectClean("after its apply");
    });
    report(`${run.name}: ${run.resources} resources applied and clean in ${seconds} s`);
  });
  for (const run of runs) {
    const checks = assertions[shortName(run)] ?? [];
    const applied = await look(run, url);
    for (const { claim, check } of checks)
      await check(applied).catch((error: unknown) => {
        throw new Error(`${run.name}: the claim fails: ${claim}: ${error instanceof Error ? error.message : error}`);
      });
    report(`${run.name}: ${checks.length} assertions hold`);
  }
  await expectWholeInventory(stacks, url);
  await inOrder(
    runs,
    () => [],
    WIDTH,
    async (run) => {
      const update = updateOf(shortName(run), run.stack.document);
      const seconds = await timed(run.name, "update", async () => {
        await run.updateAndProve(update);
      });
      report(`${run.name}: ${update.what} updated in place and clean in ${seconds} s`);
    },
  );
  await whileUp();

  const neededBy = (run: StackRun) => runs.filter((each) => waitsFor(each).includes(run.name)).map(({ name }) => name);
  await inOrder(runs, neededBy, WIDTH, async (run) => {
    const seconds = await timed(run.name, "destroy", async () => {
      const edit = isProtected(run.stack.document) ? withoutProtection : undefined;
      if (edit) {
        run.write(edit);
        await run.apply();
      }
      if (run.holdsStates) await run.moveState("file", edit);
      await run.destroy();
    });
    report(`${run.name}: destroyed in ${seconds} s`);
  });
  const left = leftOver([...before, ...stores], await settledInventory(url, stores));
  if (left.length > 0) throw new Error(`${environment}: destroyed, but these are left:\n${left.join("\n")}`);
  return runs.map(({ name, resources }) => ({ name, resources, seconds: timed.of(name) }));
}

/** @throws when the inventory, by which leftovers are found, has nothing of a type that the stacks have */
async function expectWholeInventory(stacks: readonly Stack[], url: string): Promise<void> {
  const types = new Set(stacks.flatMap((stack) => rawResources(stack).map(({ type }) => type)));
  const missing = notFound(await inventory(url), types);
  if (missing.length === 0) return;
  const responses = await Promise.all(missing.map((noun) => responseFor(url, noun)));
  throw new Error(
    `The stacks are applied, but the inventory has no ${missing.join(", no ")}: a leftover of it would not be found; ` +
      "correct the request or the names in the `leftovers` of its type, domain/aws-resources/. The same requests again had the " +
      `responses:\n${responses.join("\n")}`,
  );
}

/** The input of an applied stack's assertions. */
export async function look(run: StackRun, url: string): Promise<Applied> {
  return {
    run,
    outputs: await run.outputs(),
    attributes: await run.attributes(),
    url,
    client: clientSettings(url),
  };
}

/** The inventory once it stays the same: some resources are deleted a moment after the response. */
async function settledInventory(url: string, stores: readonly string[]): Promise<readonly string[]> {
  let now = await inventory(url);
  for (let tries = 0; tries < 20 && leftOver(stores, now).length > 0; tries += 1) {
    await sleep(500);
    now = await inventory(url);
  }
  return now;
}

function timer() {
  const spent = new Map<string, number>();
  const seconds = (name: string, step: string) => spent.get(`${name} ${step}`) ?? 0;
  const timed = async (name: string, step: string, work: () => Promise<void>): Promise<number> => {
    const started = performance.now();
    await work();
    spent.set(`${name} ${step}`, Math.round((performance.now() - started) / 1000));
    return seconds(name, step);
  };
  const of = (name: string) => ({
    apply: seconds(name, "apply"),
    update: seconds(name, "update"),
    destroy: seconds(name, "destroy"),
  });
  return Object.assign(timed, { of });
}
