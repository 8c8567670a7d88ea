import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { environmentNames, loadEnvironment } from "../environments/load.ts";
import { buildAll } from "../local/setup/build-all.ts";
import { type Bench, openWorkshop, startBench, type Workshop } from "./bench.ts";
import { EXCUSES } from "./excused.ts";
import { Operator } from "./operator/operator.ts";
import { protectedWalk } from "./operator/protected-walk.ts";
import { walk } from "./operator/walk.ts";
import { type ProofOptions, readOptions } from "./options.ts";
import { type ProvenStack, proveEnvironment, synthesize } from "./prove-environment.ts";
import { oneByOne } from "./stacks/stack-order.ts";
import { Children } from "./tools/children.ts";
import { proofCache } from "./tools/machine.ts";
import { MissingTool } from "./tools/missing-tool.ts";

/**
 * `npm run prove [-- --environment dev] [--part operator] [--stacks network,data] [--keep]`: applies everything to an AWS on
 * this machine, and has the operator's commands do it once more.
 */
const project = resolve(import.meta.dirname, "..");
const started = performance.now();
const secondsSince = (then: number) => Math.round((performance.now() - then) / 1000);
const seconds = () => secondsSince(started);
const report = (line: string) => console.log(`proof: ${String(seconds()).padStart(4)} s  ${line}`);
const children = new Children();
process.on("exit", () => children.stopAll());
const folder = mkdtempSync(join(tmpdir(), "sluice-proof-"));
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    children.stopAll();
    rmSync(folder, { recursive: true, force: true });
    process.exit(130);
  });
}

try {
  const options = readOptions(process.argv.slice(2));
  const machine = { variables: process.env, cache: proofCache(process.env), children, report };
  const workshop = await openWorkshop(machine);
  await buildAll(project, report);
  const environments = options.environment ? [options.environment] : environmentNames();
  // Side by side: most of an apply is the provider's waiting. Each has an AWS of its own, as it has an account.
  const work = environments.flatMap((environment) => [
    ...(options.part === "operator" ? [] : [proveOne(workshop, environment, options)]),
    // A few stacks alone are no environment that an operator could deploy.
    ...(options.part === "stacks" || options.stacks.length > 0 ? [] : [operate(workshop, environment)]),
  ]);
  const proven = (await Promise.all(work)).flat();
  for (const {
    name,
    resources,
    seconds: { apply, update, destroy },
  } of proven)
    console.log(`proof: ${name}: ${resources} resources, apply ${apply} s, update ${update} s, destroy ${destroy} s`);
  for (const { what, why, coveredBy } of EXCUSES) console.log(`excused: ${what}: ${why}; covered by ${coveredBy}`);
  const resources = proven.reduce((sum, stack) => sum + stack.resources, 0);
  console.log(
    `proof: ${proven.length} stacks, ${resources} resources, applied, updated, clean, destroyed in ${seconds()} s; excused: ${EXCUSES.length}`,
  );
  rmSync(folder, { recursive: true, force: true });
} catch (error) {
  if (error instanceof MissingTool) {
    console.log(`skipped: the apply proof: ${error.message}`);
    rmSync(folder, { recursive: true, force: true });
  } else {
    console.error(`proof: ${error instanceof Error ? error.message : error}\nproof: failed; logs are in ${folder}`);
    process.exitCode = 1;
  }
}
children.stopAll();
process.exit();

async function proveOne(
  workshop: Workshop,
  environment: string,
  { stacks: names, keeps }: ProofOptions,
): Promise<readonly ProvenStack[]> {
  const own = join(folder, environment);
  const bench = await startBench(workshop, own);
  report(`AWS for ${environment}: ${bench.frontDoor.url}, its calls in ${join(own, "calls.log")}`);
  const stacks = await synthesize(project, environment, names, own);
  const proven = await proveEnvironment({ environment, stacks, bench, report }, keeps ? untilInterrupted : undefined);
  await close(bench);
  return proven;
}

/** The operator's commands on an AWS of their own: whole where an environment may be destroyed, in part where not. */
async function operate(workshop: Workshop, environment: string): Promise<readonly []> {
  const began = performance.now();
  const own = join(folder, `${environment}-operator`);
  const bench = await startBench(workshop, own);
  const stacks = oneByOne(await synthesize(project, environment, [], join(own, "synth")));
  const walking = {
    environment,
    operator: new Operator({ project, environment, bench, children }),
    bench,
    stacks: stacks.filter((name) => name !== `${environment}-bootstrap`),
    report: (line: string) => report(`sluice ${line}`),
  };
  const { deletionProtection } = await loadEnvironment(environment);
  await (deletionProtection ? protectedWalk(walking) : walk(walking));
  await close(bench);
  report(`sluice ${environment}: the operator's commands did what they say in ${secondsSince(began)} s`);
  return [];
}

/** @throws when something was asked that no one answered */
async function close(bench: Bench): Promise<void> {
  await bench.stop();
  const unanswered = [...bench.frontDoor.unanswered];
  if (unanswered.length > 0)
    throw new Error(
      `No one answered ${unanswered.join(", ")}; add an amendment in proof/amendments/ (and to excused.ts when it only echoes).`,
    );
}

/** For `--keep`: everything stays up until Ctrl-C. */
async function untilInterrupted(): Promise<void> {
  report("everything is up; Ctrl-C ends it");
  await new Promise(() => {
    setInterval(() => {}, 60_000); // keeps the process alive
  });
}
